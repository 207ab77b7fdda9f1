package dev.weir.app;

import dev.weir.app.config.ConcurrencySettings;
import dev.weir.app.config.RedirectSettings;
import dev.weir.app.config.RespondSettings;
import dev.weir.app.config.RetrySettings;
import dev.weir.app.config.RouteSettings;
import dev.weir.app.config.Settings;
import dev.weir.app.config.ShareSettings;
import dev.weir.app.config.WebSocketSettings;
import dev.weir.http.Handler;
import dev.weir.resilience.ConcurrencyLimit;
import dev.weir.route.Answers;
import dev.weir.route.Answers.Share;
import dev.weir.route.PathTemplate;
import dev.weir.route.RequestPath;
import dev.weir.route.Route;
import dev.weir.route.RoutePolicy;
import dev.weir.route.RouteTable;
import dev.weir.upstream.Upstream;
import dev.weir.websocket.OpenWebSockets;
import dev.weir.websocket.RouteWebSockets;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * From the settings of routes to the path of every request; its steps are {@link RequestPath}'s.
 */
final class RouteWiring {

  private final Settings settings;
  private final ProcessParts parts;
  private final RequestPath path;
  private final RateLimits rateLimits;
  private final OpenWebSockets webSockets;
  private final Map<String, Upstream> upstreams;

  RouteWiring(
      Settings settings,
      ProcessParts parts,
      RequestPath path,
      RateLimits rateLimits,
      OpenWebSockets webSockets,
      Map<String, Upstream> upstreams) {
    this.settings = settings;
    this.parts = parts;
    this.path = path;
    this.rateLimits = rateLimits;
    this.webSockets = webSockets;
    this.upstreams = upstreams;
  }

  Handler everyRequest() {
    ConcurrencyLimit gatewayLimit = parts.limit("gateway", settings.concurrency().policy());
    return path.everyRequest(gatewayLimit, new RouteTable(routes()));
  }

  private List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (RouteSettings route : settings.routes()) {
      RoutePolicy policy = policy(route);
      routes.add(
          new Route(route.id(), route.match(), path.onRoute(policy, destination(route, policy))));
    }
    return routes;
  }

  private RoutePolicy policy(RouteSettings route) {
    RetrySettings retry = route.retry().on();
    ConcurrencySettings concurrency = route.concurrency();
    return new RoutePolicy(
        route.id(),
        route.timeouts().timeouts(),
        rateLimits.of(route),
        route.maxBody().bytes(),
        webSockets(route),
        concurrency == null ? null : parts.limit("route " + route.id(), concurrency.policy()),
        retry == null ? null : retry.policy(),
        route.rewriteTemplate(),
        settings.forwardingFields(),
        route.requestHeaders().edits(),
        route.responseHeaders().edits());
  }

  private @Nullable RouteWebSockets webSockets(RouteSettings route) {
    WebSocketSettings allowed = route.websocket().on();
    return allowed == null || route.to() == null
        ? null
        : new RouteWebSockets(
            route.id(),
            allowed.policy(),
            webSockets,
            parts.loops().clock(),
            parts.telemetry(),
            parts.gauges()::ofWebSockets);
  }

  /** Exactly one of the three is there; the settings have been checked. */
  private Handler destination(RouteSettings route, RoutePolicy policy) {
    RespondSettings respond = route.respond();
    if (respond != null) {
      byte[] body = respond.body().getBytes(StandardCharsets.UTF_8);
      return Answers.fixed(respond.status(), respond.headers(), body);
    }
    RedirectSettings redirect = route.redirect();
    if (redirect != null) {
      PathTemplate location = PathTemplate.parse(redirect.to(), route.path());
      return Answers.redirect(redirect.status(), location);
    }
    List<Share> shares = new ArrayList<>();
    for (ShareSettings share : Objects.requireNonNull(route.to())) {
      Upstream upstream = Objects.requireNonNull(upstreams.get(share.upstream()));
      shares.add(new Share(share.weight(), path.toUpstream(policy, upstream)));
    }
    return shares.size() == 1
        ? shares.get(0).handler()
        : Answers.split(shares, bound -> ThreadLocalRandom.current().nextLong(bound));
  }
}
