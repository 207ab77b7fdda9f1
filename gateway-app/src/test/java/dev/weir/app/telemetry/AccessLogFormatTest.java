package dev.weir.app.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Authority;
import dev.weir.http.Client;
import dev.weir.http.Failure;
import dev.weir.http.Identity;
import dev.weir.http.IpAddress;
import dev.weir.http.Outcome;
import dev.weir.http.Party;
import dev.weir.http.Phase;
import dev.weir.http.TextBytes;
import dev.weir.http.TraceContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

final class AccessLogFormatTest {

  private final AccessLogFormat format = new AccessLogFormat();

  private static Outcome outcome(String time, String path, Failure why) {
    Authority host = new Authority("example.com", 8080);
    return new Outcome(
        Instant.parse(time).toEpochMilli(),
        new Identity("request-1", new TraceContext("a".repeat(32), "b".repeat(16), "01"), false),
        new Client(
            IpAddress.parse("10.0.0.1"),
            IpAddress.parse("192.0.2.7"),
            "http",
            host,
            true,
            HttpVersion.HTTP_1_1),
        "GET",
        path,
        "orders",
        why == null ? 200 : why.status(),
        why == null ? Party.NOBODY : why.party(),
        why == null ? Phase.BODY : Phase.QUEUE,
        why,
        null,
        "orders",
        "http://10.0.0.7:80",
        2,
        5,
        1234,
        0,
        2_500_000,
        3_750_000);
  }

  private String line(Outcome outcome) {
    TextBytes line = new TextBytes();
    format.accept(outcome, line);
    ByteBuf text = Unpooled.buffer();
    line.writeTo(text);
    return text.toString(StandardCharsets.UTF_8);
  }

  @Test
  void tellsARequestInOneLineOfJson() {
    assertThat(line(outcome("2026-11-21T05:06:07.008Z", "/orders/7", null)))
        .isEqualTo(
            "{\"time\":\"2026-11-21T05:06:07.008Z\",\"request_id\":\"request-1\","
                + "\"trace_id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"client\":\"192.0.2.7\","
                + "\"protocol\":\"HTTP/1.1\",\"method\":\"GET\",\"host\":\"example.com:8080\","
                + "\"path\":\"/orders/7\",\"route\":\"orders\",\"status\":200,"
                + "\"ended_by\":\"nobody\",\"phase\":\"body\",\"upstream\":\"orders\","
                + "\"endpoint\":\"http://10.0.0.7:80\",\"attempts\":2,\"request_bytes\":5,"
                + "\"response_bytes\":1234,\"head_us\":2500,\"total_us\":3750}\n");
  }

  @Test
  void namesTheReason() {
    JsonNode line =
        new ObjectMapper()
            .readTree(line(outcome("2026-11-21T05:06:07.000Z", "/", Failure.QUEUE_FULL)));

    assertThat(line.get("reason").asString()).isEqualTo("queue_full");
    assertThat(line.get("ended_by").asString()).isEqualTo("gateway");
    assertThat(line.get("phase").asString()).isEqualTo("queue");
  }

  @Test
  void writesWhateverAClientSentAsOneLineThatCanBeRead() {
    String hostile = "/\"}\n{\"status\":200,\\\u0000\u2028\ud800";

    String line = line(outcome("2026-11-21T05:06:07.000Z", hostile, null));

    assertThat(line.lines()).hasSize(1);
    assertThat(new ObjectMapper().readTree(line).get("path").asString()).isEqualTo(hostile);
  }

  @Test
  void tellsTheTimeOfEveryMillisecond() {
    for (String time :
        new String[] {
          "2026-11-21T05:06:07.000Z",
          "2026-11-21T05:06:07.999Z",
          "2026-11-21T05:06:08.010Z",
          "1969-12-31T23:59:59.999Z"
        }) {
      assertThat(line(outcome(time, "/", null))).contains("\"time\":\"" + time + "\"");
    }
  }
}
