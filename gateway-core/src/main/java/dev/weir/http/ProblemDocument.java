package dev.weir.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a failure looks like to the client (RFC 9457), with the members {@code code}, {@code
 * advice}, {@code request_id}, {@code trace_id}, {@code route} and {@code attempts} beside the
 * standard ones.
 */
public final class ProblemDocument {

  public static final String MEDIA_TYPE = "application/problem+json";

  private ProblemDocument() {}

  public static byte[] render(Request request, Failure failure, @Nullable String detail) {
    StringBuilder json = new StringBuilder(512).append('{');
    member(json, "type", failure.type());
    member(json, "title", failure.title());
    json.append("\"status\":").append(failure.status()).append(',');
    member(json, "code", failure.code());
    if (detail != null) {
      member(json, "detail", detail);
    }
    member(json, "advice", failure.advice());
    member(json, "request_id", request.identity().requestId());
    member(json, "trace_id", request.identity().trace().traceId());
    if (!request.progress().route().equals(Progress.NO_ROUTE)) {
      member(json, "route", request.progress().route());
    }
    json.append("\"attempts\":").append(request.progress().attempts()).append("}\n");
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void member(StringBuilder json, String name, String value) {
    json.append('"').append(name).append("\":");
    JsonText.append(json, value);
    json.append(',');
  }
}
