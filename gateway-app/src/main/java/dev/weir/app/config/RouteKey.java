package dev.weir.app.config;

import dev.weir.http.Target;
import dev.weir.route.PathPattern;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All that decides whether a route takes a request, for one host. Of two routes with the same key
 * the second is never asked.
 *
 * @param host empty for any
 * @param path without the names of its parameters
 */
record RouteKey(
    String host,
    String path,
    Set<HttpMethod> methods,
    Map<String, String> headers,
    Map<String, String> query) {

  static List<RouteKey> of(RouteSettings route) {
    String path = shape(route.path());
    Set<HttpMethod> methods = Set.copyOf(route.methods());
    Map<String, String> headers = new TreeMap<>();
    route.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    List<String> hosts =
        route.host().isEmpty()
            ? List.of("")
            : route.host().stream().map(HostPattern::text).distinct().toList();
    return hosts.stream()
        .map(host -> new RouteKey(host, path, methods, headers, route.query()))
        .toList();
  }

  private static String shape(PathPattern path) {
    return Stream.of(path.toString().substring(1).split("/", -1))
        .map(RouteKey::segment)
        .collect(Collectors.joining("/"));
  }

  /** A parameter without its name; a literal in its canonical spelling. */
  private static String segment(String segment) {
    if (segment.startsWith("{")) {
      return segment.startsWith("{*") ? "{*}" : "{}";
    }
    return Target.of("/" + segment).path();
  }
}
