package dev.weir.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.hostile.Hostile;
import dev.weir.app.hostile.RequestCatalogue;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** X8: the decoder by itself. What becomes of a gateway around it, RequestCatalogueTest sees. */
final class StrictRequestDecoderTest {

  private static final int MAX_CUTS = 600;
  private static final HttpDecoderConfig CONFIG =
      new HttpDecoderConfig().setMaxInitialLineLength(4160).setMaxHeaderSize(8192);

  /** What was understood of these pieces, in words. */
  private static String read(byte[] bytes, int cut) {
    EmbeddedChannel channel = new EmbeddedChannel(new StrictRequestDecoder(CONFIG));
    channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, cut));
    channel.writeInbound(Unpooled.copiedBuffer(bytes, cut, bytes.length - cut));
    StringBuilder understood = new StringBuilder();
    for (HttpObject part = channel.readInbound(); part != null; part = channel.readInbound()) {
      understood.append(describe(part));
      ReferenceCountUtil.release(part);
    }
    channel.finishAndReleaseAll();
    return understood.toString();
  }

  private static String describe(HttpObject part) {
    StringBuilder text = new StringBuilder();
    if (part.decoderResult().isFailure()) {
      return part instanceof HttpRequest ? "\nrefused" : "\ncut";
    }
    if (part instanceof HttpRequest request) {
      text.append('\n').append(request.method()).append(' ').append(request.uri()).append(' ');
      text.append(request.protocolVersion()).append(request.headers().entries()).append('\n');
    }
    if (part instanceof HttpContent content) {
      text.append(content.content().toString(StandardCharsets.ISO_8859_1));
    }
    if (part instanceof LastHttpContent last) {
      text.append("\nend").append(last.trailingHeaders().entries());
    }
    return text.toString();
  }

  @Test
  void understandsTheSameWhereverItIsCutP16() {
    for (Hostile hostile : RequestCatalogue.all()) {
      byte[] bytes = hostile.bytes();
      String whole = read(bytes, bytes.length);
      int step = Math.max(1, bytes.length / MAX_CUTS);
      for (int cut = 1; cut < bytes.length; cut += step) {
        assertThat(read(bytes, cut)).as(hostile.name() + ", cut at " + cut).isEqualTo(whole);
      }
    }
  }

  private static String asked(String requests) {
    byte[] bytes = requests.getBytes(StandardCharsets.ISO_8859_1);
    return read(bytes, bytes.length);
  }

  @Test
  void readsNothingBehindWhatItRefuses() {
    assertThat(asked("GET  /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n")).isEqualTo("\nrefused");
    assertThat(asked("GET /a HTTP/1.1\r\nA: b\r\n c\r\n\r\nGET /b HTTP/1.1\r\n\r\n"))
        .isEqualTo("\nrefused");
    assertThat(
            asked(
                "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n c\r\n\r\n"
                    + "GET /b HTTP/1.1\r\n\r\n"))
        .endsWith("\ncut")
        .doesNotContain("/b");
  }

  @Test
  void leavesBodiesAlone() {
    String body = "{\n  \"a\": 1\n\t}\r\n \r\n";
    assertThat(asked("PUT /a HTTP/1.1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body))
        .contains(body)
        .endsWith("end[]");
    assertThat(
            asked(
                "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + Integer.toHexString(body.length())
                    + "\r\n"
                    + body
                    + "\r\n0\r\n\r\n"))
        .contains(body)
        .endsWith("end[]");
  }
}
