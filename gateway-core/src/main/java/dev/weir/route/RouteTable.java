package dev.weir.route;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Handler;
import dev.weir.http.Methods;
import dev.weir.http.Quoted;
import dev.weir.http.Request;
import dev.weir.http.Response;
import io.netty.handler.codec.http.HttpMethod;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * All routes in force at one instant; replaced whole, never changed.
 *
 * <p>An exact host goes before a suffix, a longer suffix before a shorter one, and routes for any
 * host come last; below that {@link PathTree} says which path goes first. Where both are the same,
 * the order of the configuration decides among the routes whose method, headers and query hold.
 */
public final class RouteTable implements Handler {

  private final Map<String, PathTree<Route>> byHost = new HashMap<>();
  private final Map<String, PathTree<Route>> bySuffix = new HashMap<>();
  private final PathTree<Route> anyHost = new PathTree<>();
  private final List<Route> routes;

  public RouteTable(List<Route> routes) {
    this.routes = List.copyOf(routes);
    for (Route route : routes) {
      if (route.match().hosts().isEmpty()) {
        anyHost.add(route.match().path(), route);
      }
      for (String host : route.match().hosts()) {
        treeOf(host).add(route.match().path(), route);
      }
    }
  }

  private PathTree<Route> treeOf(String host) {
    return host.startsWith("*.")
        ? bySuffix.computeIfAbsent(host.substring(1), suffix -> new PathTree<>())
        : byHost.computeIfAbsent(host, name -> new PathTree<>());
  }

  public List<Route> routes() {
    return routes;
  }

  @Override
  public Mono<Response> handle(Request request) {
    if (request.target().path().equals("*")) {
      // It asks about the server as a whole, and is for nobody behind us (RFC 9110 §9.3.7).
      return Mono.fromSupplier(() -> Response.of(204));
    }
    Route route = match(request);
    if (route == null) {
      return Mono.error(() -> refusal(request));
    }
    request.progress().matched(route.id());
    Map<String, String> parameters = route.match().path().parameters(request.target().path());
    return route
        .handler()
        .handle(parameters.isEmpty() ? request : request.withPathParameters(parameters));
  }

  /** Null if no route takes the request. */
  @Nullable Route match(Request request) {
    return find(request, route -> route.match().accepts(request));
  }

  private @Nullable Route find(Request request, Predicate<Route> isAcceptable) {
    String host = request.authority().host();
    String path = request.target().path();
    if (path.charAt(0) != '/') {
      // "*" is the server as a whole, and not the "/" that a tree would take it for.
      return null;
    }
    PathTree<Route> tree = byHost.get(host);
    Route route = tree == null ? null : tree.find(path, isAcceptable);
    if (route == null && !bySuffix.isEmpty()) {
      route = findBySuffix(host, path, isAcceptable);
    }
    return route != null ? route : anyHost.find(path, isAcceptable);
  }

  private @Nullable Route findBySuffix(String host, String path, Predicate<Route> isAcceptable) {
    for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      PathTree<Route> tree = bySuffix.get(host.substring(dot));
      Route route = tree == null ? null : tree.find(path, isAcceptable);
      if (route != null) {
        return route;
      }
    }
    return null;
  }

  /** Looks a second time, for routes that only the method keeps away (RFC 9110 §15.5.6). */
  private FailureException refusal(Request request) {
    TreeSet<String> allowed = new TreeSet<>();
    Route unused =
        find(
            request,
            route -> {
              if (route.match().acceptsFields(request)) {
                route.match().methods().stream().map(HttpMethod::name).forEach(allowed::add);
              }
              return false;
            });
    if (!Methods.isRegistered(request.method())) {
      return Failure.METHOD_NOT_KNOWN.exception("method: " + Quoted.of(request.method().name()));
    }
    String asked = request.authority() + request.target().path();
    if (allowed.isEmpty()) {
      return Failure.NO_ROUTE.exception(request.method() + " " + asked);
    }
    String methods = String.join(", ", allowed);
    return Failure.METHOD_NOT_ALLOWED
        .exception("method: " + request.method() + " (expected: " + methods + ")")
        .fields(Map.of("allow", methods));
  }
}
