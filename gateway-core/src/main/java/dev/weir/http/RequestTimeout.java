package dev.weir.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * The {@code X-Request-Timeout} field: how long the sender will wait for the answer. Digits and a
 * unit, {@code 250ms}, {@code 2s} or {@code 1m}; digits alone are seconds. Without it, that of gRPC
 * ({@link Grpc#TIMEOUT}).
 */
public final class RequestTimeout {

  private static final int MAX_DIGITS = 9;

  private RequestTimeout() {}

  /**
   * What the client gave, in nanoseconds; -1 if nothing.
   *
   * @throws FailureException {@link Failure#BAD_HEADER}
   */
  public static long nanos(HttpHeaders headers) {
    String value = headers.get(Fields.X_REQUEST_TIMEOUT);
    if (value == null) {
      return Grpc.timeoutNanos(headers);
    }
    int digits = 0;
    while (digits < value.length() && value.charAt(digits) >= '0' && value.charAt(digits) <= '9') {
      digits++;
    }
    TimeUnit unit = unit(value.substring(digits));
    boolean isOne = headers.getAll(Fields.X_REQUEST_TIMEOUT).size() == 1;
    if (unit == null || digits == 0 || digits > MAX_DIGITS || !isOne) {
      throw Failure.BAD_HEADER.exception(
          "x-request-timeout: " + Quoted.of(value) + " (expected: one, like 250ms, 2s or 1m)");
    }
    return unit.toNanos(Long.parseLong(value, 0, digits, 10));
  }

  private static @Nullable TimeUnit unit(String suffix) {
    return switch (suffix) {
      case "", "s" -> TimeUnit.SECONDS;
      case "ms" -> TimeUnit.MILLISECONDS;
      case "m" -> TimeUnit.MINUTES;
      default -> null;
    };
  }

  /** Tells the next hop what is left; nothing, if there is no deadline. */
  public static void set(HttpHeaders headers, Deadline deadline, Scheduler clock) {
    if (!deadline.isNever()) {
      headers.set(Fields.X_REQUEST_TIMEOUT, remaining(deadline, clock));
    }
  }

  /** What is left of a deadline that is not never, as the field's value; at least {@code 1ms}. */
  public static String remaining(Deadline deadline, Scheduler clock) {
    long millis = TimeUnit.NANOSECONDS.toMillis(deadline.remainingNanos(clock));
    return Math.max(1, millis) + "ms";
  }
}
