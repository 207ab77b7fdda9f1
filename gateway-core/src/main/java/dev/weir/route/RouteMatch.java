package dev.weir.route;

import dev.weir.http.Methods;
import dev.weir.http.Request;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which requests a route takes. All parts must hold; one that is empty always does.
 *
 * @param hosts exact names, or {@code *.} and a suffix for all names below it; any port
 * @param methods empty for those that are registered ({@link Methods})
 * @param headers field name to value; {@value #PRESENT} for any value
 * @param query parameter name to decoded value; {@value #PRESENT} for any value
 */
public record RouteMatch(
    List<String> hosts,
    PathPattern path,
    Set<HttpMethod> methods,
    Map<String, String> headers,
    Map<String, String> query) {

  public static final String PRESENT = "*";

  /** How many parameters of a query are looked at. */
  private static final int MAX_PARAMETERS = 1024;

  /** All that host and path do not decide. */
  boolean accepts(Request request) {
    return acceptsMethod(request.method()) && acceptsFields(request);
  }

  /** All but host, path and method. */
  boolean acceptsFields(Request request) {
    return headers.isEmpty() && query.isEmpty() || hasHeaders(request) && hasQuery(request);
  }

  private boolean acceptsMethod(HttpMethod method) {
    return methods.isEmpty() ? Methods.isRegistered(method) : methods.contains(method);
  }

  private boolean hasHeaders(Request request) {
    for (Map.Entry<String, String> header : headers.entrySet()) {
      boolean holds =
          header.getValue().equals(PRESENT)
              ? request.headers().contains(header.getKey())
              : request.headers().containsValue(header.getKey(), header.getValue(), false)
                  || request.headers().getAll(header.getKey()).contains(header.getValue());
      if (!holds) {
        return false;
      }
    }
    return true;
  }

  private boolean hasQuery(Request request) {
    if (query.isEmpty()) {
      return true;
    }
    String text = request.target().query();
    if (text == null) {
      return false;
    }
    Map<String, List<String>> parameters;
    try {
      parameters = decode(text);
    } catch (IllegalArgumentException undecodable) {
      return false;
    }
    for (Map.Entry<String, String> wanted : query.entrySet()) {
      List<String> values = parameters.get(wanted.getKey());
      boolean holds =
          values != null
              && (wanted.getValue().equals(PRESENT) || values.contains(wanted.getValue()));
      if (!holds) {
        return false;
      }
    }
    return true;
  }

  private static Map<String, List<String>> decode(String query) {
    return QueryStringDecoder.builder()
        .hasPath(false)
        .maxParams(MAX_PARAMETERS)
        .semicolonIsNormalChar(true)
        .build(query)
        .parameters();
  }
}
