package dev.weir.http;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Failure} on its way to the step that renders it. It has no stack trace: it is an answer,
 * made for every refused request.
 */
public final class FailureException extends RuntimeException {

  private final Failure failure;
  private final @Nullable String detail;
  private @Nullable Duration retryAfter;
  private Map<String, String> fields = Map.of();

  FailureException(Failure failure, @Nullable String detail, @Nullable Throwable cause) {
    super(
        detail == null ? failure.code() : failure.code() + ": " + detail,
        cause,
        /* enableSuppression= */ false,
        /* writableStackTrace= */ false);
    this.failure = failure;
    this.detail = detail;
  }

  /** With a {@code Retry-After} field in the answer, rounded up to whole seconds. */
  public FailureException retryAfter(Duration wait) {
    this.retryAfter = wait;
    return this;
  }

  /** With these header fields in the answer. */
  public FailureException fields(Map<String, String> names) {
    this.fields = Map.copyOf(names);
    return this;
  }

  public Failure failure() {
    return failure;
  }

  public @Nullable String detail() {
    return detail;
  }

  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  public Map<String, String> fields() {
    return fields;
  }
}
