package dev.weir.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** P4: what waits for its turn are bytes. */
final class RequestDecoderTest implements RequestDecoder.Turn {

  private final RequestDecoder decoder = new RequestDecoder(new HttpDecoderConfig(), this);
  private final EmbeddedChannel channel = new EmbeddedChannel(decoder);
  private boolean isNext = true;
  private int waits;

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Override
  public boolean isNext() {
    return isNext;
  }

  @Override
  public void bytesWait() {
    waits++;
  }

  private void read(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  private List<String> targets() {
    List<String> targets = new ArrayList<>();
    for (Object message = channel.readInbound(); message != null; message = channel.readInbound()) {
      if (message instanceof HttpRequest request) {
        targets.add(request.uri());
      }
    }
    return targets;
  }

  @Test
  void decodesNothingThatIsNotNext() throws Exception {
    isNext = false;
    read("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
    assertThat(targets()).isEmpty();
    assertThat(waits).isEqualTo(1);

    isNext = true;
    decoder.resume();
    assertThat(targets()).containsExactly("/1", "/2");
  }

  @Test
  void goesOnInTheMiddleOfARequest() throws Exception {
    isNext = false;
    read("GET /1 HTT");
    isNext = true;
    decoder.resume();
    assertThat(targets()).isEmpty();
    read("P/1.1\r\n\r\n");
    assertThat(targets()).containsExactly("/1");
  }

  @Test
  void resumesWithNothing() throws Exception {
    decoder.resume();
    assertThat(targets()).isEmpty();
    assertThat(waits).isZero();
  }
}
