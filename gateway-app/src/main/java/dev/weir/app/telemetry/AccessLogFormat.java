package dev.weir.app.telemetry;

import dev.weir.http.Outcome;
import dev.weir.http.TextBytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object for each request, on one line. The path is without its query, which may hold
 * secrets; header fields are not logged.
 *
 * <p>For one thread. Takes a core's time for every request, so each name is ready to be copied,
 * with what stands around it.
 */
final class AccessLogFormat implements BiConsumer<Outcome, TextBytes> {

  private static final byte[] TIME = ascii("{\"time\":\"");
  private static final byte[] UTC = ascii("Z\"");
  private static final byte[] END = ascii("}\n");

  private static final byte[] REQUEST_ID = plainName("request_id");
  private static final byte[] TRACE_ID = plainName("trace_id");
  private static final byte[] CLIENT = plainName("client");
  private static final byte[] PROTOCOL = plainName("protocol");
  private static final byte[] METHOD = name("method");
  private static final byte[] HOST = name("host");
  private static final byte[] PATH = name("path");
  private static final byte[] ROUTE = name("route");
  private static final byte[] STATUS = name("status");
  private static final byte[] ENDED_BY = plainName("ended_by");
  private static final byte[] PHASE = plainName("phase");
  private static final byte[] REASON = plainName("reason");
  private static final byte[] DETAIL = name("detail");
  private static final byte[] UPSTREAM = name("upstream");
  private static final byte[] ENDPOINT = name("endpoint");
  private static final byte[] ATTEMPTS = name("attempts");
  private static final byte[] REQUEST_BYTES = name("request_bytes");
  private static final byte[] RESPONSE_BYTES = name("response_bytes");
  private static final byte[] CLOSE_CODE = name("close_code");
  private static final byte[] HEAD_US = name("head_us");
  private static final byte[] TOTAL_US = name("total_us");

  private long second = Long.MIN_VALUE;
  private byte[] secondText = {};

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] name(String name) {
    return ascii(",\"" + name + "\":");
  }

  private static byte[] plainName(String name) {
    return ascii(",\"" + name + "\":\"");
  }

  @Override
  public void accept(Outcome outcome, TextBytes line) {
    time(outcome.endedAtMillis(), line);
    plain(line, REQUEST_ID, outcome.identity().requestId());
    plain(line, TRACE_ID, outcome.identity().trace().traceId());
    plain(line, CLIENT, outcome.client().address().toString());
    plain(line, PROTOCOL, outcome.client().version().text());
    text(line, METHOD, outcome.method());
    text(line, HOST, outcome.client().host().toString());
    text(line, PATH, outcome.path());
    text(line, ROUTE, outcome.route());
    number(line, STATUS, outcome.status());
    plain(line, ENDED_BY, outcome.party().code());
    plain(line, PHASE, outcome.phase().code());
    plain(line, REASON, outcome.why() == null ? null : outcome.why().code());
    text(line, DETAIL, outcome.detail());
    text(line, UPSTREAM, outcome.upstream());
    text(line, ENDPOINT, outcome.endpoint());
    number(line, ATTEMPTS, outcome.attempts());
    number(line, REQUEST_BYTES, outcome.requestBytes());
    number(line, RESPONSE_BYTES, outcome.responseBytes());
    if (outcome.closeCode() > 0) {
      number(line, CLOSE_CODE, outcome.closeCode());
    }
    if (outcome.headNanos() >= 0) {
      number(line, HEAD_US, TimeUnit.NANOSECONDS.toMicros(outcome.headNanos()));
    }
    number(line, TOTAL_US, TimeUnit.NANOSECONDS.toMicros(outcome.totalNanos()));
    line.append(END);
  }

  /** As RFC 3339 has it; of a second only the first line costs a conversion. */
  private void time(long millis, TextBytes line) {
    long wholeSeconds = Math.floorDiv(millis, 1000L);
    if (wholeSeconds != second) {
      second = wholeSeconds;
      String text = Instant.ofEpochSecond(wholeSeconds).toString();
      secondText = ascii(text.substring(0, text.length() - 1));
    }
    line.append(TIME);
    line.append(secondText);
    line.append('.');
    line.appendDigits((int) Math.floorMod(millis, 1000L), 3);
    line.append(UTC);
  }

  /** Of a value that is ASCII, and has nothing that JSON escapes, whatever a client sends. */
  private static void plain(TextBytes line, byte[] name, @Nullable String value) {
    if (value != null) {
      line.append(name);
      line.appendAscii(value);
      line.append('"');
    }
  }

  private static void text(TextBytes line, byte[] name, @Nullable String value) {
    if (value != null) {
      line.append(name);
      line.appendJson(value);
    }
  }

  private static void number(TextBytes line, byte[] name, long value) {
    line.append(name);
    line.appendNumber(value);
  }
}
