package dev.weir.app.telemetry;

import dev.weir.http.JsonText;
import dev.weir.http.Outcome;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object for each request, on one line. The path is without its query, which may hold
 * secrets; header fields are not logged.
 *
 * <p>Belongs to the one thread that writes.
 */
public final class AccessLogFormat implements BiConsumer<Outcome, StringBuilder> {

  private long second = Long.MIN_VALUE;
  private String secondText = "";

  @Override
  public void accept(Outcome outcome, StringBuilder line) {
    line.append("{\"time\":\"");
    time(outcome.endedAtMillis(), line);
    line.append('"');
    plain(line, "request_id", outcome.identity().requestId());
    plain(line, "trace_id", outcome.identity().trace().traceId());
    plain(line, "client", outcome.client().address().toString());
    plain(line, "protocol", outcome.client().version().text());
    text(line, "method", outcome.method());
    text(line, "host", outcome.client().host().toString());
    text(line, "path", outcome.path());
    text(line, "route", outcome.route());
    number(line, "status", outcome.status());
    plain(line, "ended_by", outcome.party().code());
    plain(line, "phase", outcome.phase().code());
    plain(line, "reason", outcome.why() == null ? null : outcome.why().code());
    text(line, "detail", outcome.detail());
    text(line, "upstream", outcome.upstream());
    text(line, "endpoint", outcome.endpoint());
    number(line, "attempts", outcome.attempts());
    number(line, "request_bytes", outcome.requestBytes());
    number(line, "response_bytes", outcome.responseBytes());
    if (outcome.closeCode() > 0) {
      number(line, "close_code", outcome.closeCode());
    }
    if (outcome.headNanos() >= 0) {
      number(line, "head_us", TimeUnit.NANOSECONDS.toMicros(outcome.headNanos()));
    }
    number(line, "total_us", TimeUnit.NANOSECONDS.toMicros(outcome.totalNanos()));
    line.append("}\n");
  }

  /** As RFC 3339 has it; of a second only the first line costs a conversion. */
  private void time(long millis, StringBuilder line) {
    long wholeSeconds = Math.floorDiv(millis, 1000L);
    if (wholeSeconds != second) {
      second = wholeSeconds;
      String text = Instant.ofEpochSecond(wholeSeconds).toString();
      secondText = text.substring(0, text.length() - 1);
    }
    int rest = (int) Math.floorMod(millis, 1000L);
    line.append(secondText).append('.');
    line.append((char) ('0' + rest / 100)).append((char) ('0' + rest / 10 % 10));
    line.append((char) ('0' + rest % 10)).append('Z');
  }

  /** Of a value that has nothing in it that JSON would escape, whatever a client sends. */
  private static void plain(StringBuilder line, String name, @Nullable String value) {
    if (value != null) {
      line.append(",\"").append(name).append("\":\"").append(value).append('"');
    }
  }

  private static void text(StringBuilder line, String name, @Nullable String value) {
    if (value != null) {
      line.append(",\"").append(name).append("\":");
      JsonText.append(line, value);
    }
  }

  private static void number(StringBuilder line, String name, long value) {
    line.append(",\"").append(name).append("\":").append(value);
  }
}
