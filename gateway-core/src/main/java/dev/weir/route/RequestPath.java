package dev.weir.route;

import dev.weir.filter.AttemptTimeoutFilter;
import dev.weir.filter.CircuitBreakerFilter;
import dev.weir.filter.ConcurrencyLimitFilter;
import dev.weir.filter.CountAttemptFilter;
import dev.weir.filter.DeadlineFilter;
import dev.weir.filter.ForwardFilter;
import dev.weir.filter.LimitBodyFilter;
import dev.weir.filter.RateLimitFilter;
import dev.weir.filter.RecordOutcomeFilter;
import dev.weir.filter.RefuseFilter;
import dev.weir.filter.RenderProblemFilter;
import dev.weir.filter.RetryFilter;
import dev.weir.filter.WebSocketFilter;
import dev.weir.http.Filter;
import dev.weir.http.Handler;
import dev.weir.resilience.CircuitBreaker;
import dev.weir.resilience.ConcurrencyLimit;
import dev.weir.upstream.Balancer;
import dev.weir.upstream.Balancer.Candidate;
import dev.weir.upstream.Endpoint;
import dev.weir.upstream.Upstream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The path of a request: lists of steps, outermost first, and beside each step the reason for its
 * place and what it can say to the client. Assembled once, when a route table is built; a route
 * that does not use a step does not have it.
 */
public final class RequestPath {

  private final Surroundings with;

  public RequestPath(Surroundings with) {
    this.with = with;
  }

  /** Every request passes these, whatever it asks for. */
  public Handler everyRequest(ConcurrencyLimit gateway, Handler routes) {
    return new Steps()
        // Outside all others: sees every request end, exactly once.
        .through(new RecordOutcomeFilter(with.telemetry(), with.clock(), with.wallClock()))
        // The only place where an error becomes a status, so whatever may fail is below.
        .through(new RenderProblemFilter())
        // 400, 405, 408, 414, 431, 501, 505. What the listener could not take for a request.
        .through(new RefuseFilter())
        // 503. Before any work is done for the request: this keeps the process itself alive.
        .through(new ConcurrencyLimitFilter("gateway", gateway))
        // 404, 405. Everything below depends on the route.
        .to(routes);
  }

  /** What a route does before it is decided to which upstream its request goes. */
  public Handler onRoute(RoutePolicy route, Handler destination) {
    return new Steps()
        // 504. Covers queueing, every attempt and every pause between them.
        .through(new DeadlineFilter(route.id(), route.timeouts(), with.clock(), with.telemetry()))
        // 400, 429, 503. Before anything is held for the request, so that one who asks too often
        // costs next to nothing; below the deadline, which covers the time it takes to ask.
        .through(rateLimits(route))
        // 413. Before it takes a permit, if it can be known by then; else while it streams.
        .through(new LimitBodyFilter(route.maxBodyBytes()))
        // 403, 503. Who may open a WebSocket, and what may pass through it once it is open.
        .through(new WebSocketFilter(route.webSockets()))
        // 503. So that one route can't take all that the gateway has.
        .through(limit("route " + route.id(), route.concurrency()))
        // An upstream, or the answer that the route gives by itself.
        .to(destination);
  }

  /** From a route to one of its upstreams. */
  public Handler toUpstream(RoutePolicy route, Upstream upstream) {
    return new Steps()
        // The target as the upstream knows it; everything above has judged it as the client sent
        // it.
        .through(rewrite(route.rewrite()))
        // 400, 508. The fields of the upstream's request, made once for all attempts.
        .through(forward(route, upstream))
        // 503. The permit lives until the body's last byte; it is what bounds the connections.
        .through(limit("upstream " + upstream.name(), upstream.concurrency()))
        // Repeats everything below, inside the budget and the deadline.
        .through(retry(route, upstream))
        // 503. Picks an endpoint that this request has not failed on.
        .to(new Balancer(candidates(route, upstream), with.random()));
  }

  /** From an upstream to one of its endpoints; once for each attempt. */
  private Handler toEndpoint(RoutePolicy route, Upstream upstream, Endpoint endpoint) {
    return new Steps()
        // 503. Counts attempts; above their time limit, so that a hang counts as a failure.
        .through(breaker(upstream))
        // Below the breaker, for what that refuses was no attempt.
        .through(new CountAttemptFilter(upstream.name(), with.clock(), with.telemetry()))
        // 504. So that a hang leaves time for another attempt.
        .through(new AttemptTimeoutFilter(route.timeouts().attempt(), with.clock()))
        // 502, 504.
        .to(upstream.connector().to(endpoint));
  }

  private @Nullable Filter rateLimits(RoutePolicy route) {
    return route.rateLimits().isEmpty()
        ? null
        : new RateLimitFilter(
            route.rateLimits(), with.rateLimiter(), with.limitFields(), with.telemetry());
  }

  private static @Nullable Filter limit(String name, @Nullable ConcurrencyLimit limit) {
    return limit == null ? null : new ConcurrencyLimitFilter(name, limit);
  }

  private static @Nullable Filter rewrite(@Nullable PathTemplate path) {
    return path == null
        ? null
        : (request, next) ->
            next.handle(request.withTarget(request.target().withPath(path.expand(request))));
  }

  private Filter forward(RoutePolicy route, Upstream upstream) {
    return new ForwardFilter(
        upstream.name(),
        upstream.hostField(),
        route.forwarding(),
        route.onRequest(),
        route.onResponse(),
        with.telemetry());
  }

  private @Nullable Filter retry(RoutePolicy route, Upstream upstream) {
    return route.retry() == null
        ? null
        : new RetryFilter(
            upstream.name(),
            route.retry(),
            upstream.retryBudget(),
            with.replayMemory(),
            with.clock(),
            with.random(),
            with.telemetry());
  }

  private static @Nullable Filter breaker(Upstream upstream) {
    CircuitBreaker breaker = upstream.breaker();
    return breaker == null ? null : new CircuitBreakerFilter(upstream.name(), breaker);
  }

  private List<Candidate> candidates(RoutePolicy route, Upstream upstream) {
    List<Candidate> candidates = new ArrayList<>();
    for (Endpoint endpoint : upstream.endpoints()) {
      candidates.add(new Candidate(endpoint, toEndpoint(route, upstream, endpoint)));
    }
    return candidates;
  }

  /** A list of filters, outermost first, that ends in a handler. */
  private static final class Steps {

    private final List<Filter> filters = new ArrayList<>();

    /** The next step; none, if the route does without it. */
    Steps through(@Nullable Filter filter) {
      if (filter != null) {
        filters.add(filter);
      }
      return this;
    }

    Handler to(Handler last) {
      Handler handler = last;
      for (int i = filters.size() - 1; i >= 0; i--) {
        handler = filters.get(i).before(handler);
      }
      return handler;
    }
  }
}
