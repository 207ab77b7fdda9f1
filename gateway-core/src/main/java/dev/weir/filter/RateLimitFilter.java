package dev.weir.filter;

import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Filter;
import dev.weir.http.Handler;
import dev.weir.http.Phase;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.ratelimit.Charge;
import dev.weir.ratelimit.Cost;
import dev.weir.ratelimit.Decision;
import dev.weir.ratelimit.LimitFields;
import dev.weir.ratelimit.RateKey;
import dev.weir.ratelimit.RateLimit;
import dev.weir.ratelimit.RateLimit.OnFailure;
import dev.weir.ratelimit.RateLimiter;
import dev.weir.ratelimit.Verdict;
import dev.weir.telemetry.LimitResult;
import dev.weir.telemetry.Telemetry;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Asks all rate limits of a route in one decision, and tells the client what is left. */
public final class RateLimitFilter implements Filter {

  private final List<Use> uses;
  private final RateLimiter limiter;
  private final LimitFields fields;
  private final Telemetry telemetry;

  /**
   * A limit as one route has it.
   *
   * @param key which requests share its tokens
   * @param scope put before each key: empty if all routes with this limit share its tokens
   */
  public record Use(RateLimit limit, RateKey key, Cost cost, String scope) {

    Charge charge(Request request) {
      String own = key.of(request);
      return new Charge(limit, scope.isEmpty() ? own : scope + "," + own, cost.of(request));
    }
  }

  /**
   * A step of these limits.
   *
   * @param uses each of another limit
   */
  public RateLimitFilter(
      List<Use> uses, RateLimiter limiter, LimitFields.Style style, Telemetry telemetry) {
    this.uses = List.copyOf(uses);
    this.limiter = limiter;
    this.fields = new LimitFields(style, uses.stream().map(Use::limit).toList());
    this.telemetry = telemetry;
  }

  @Override
  public Mono<Response> filter(Request request, Handler next) {
    return Mono.defer(
        () -> {
          List<Charge> charges = charges(request);
          request.progress().enter(Phase.LIMIT);
          return limiter
              .decide(charges)
              .doOnError(error -> tellFailure(charges))
              .flatMap(decision -> goOn(decision, request, next));
        });
  }

  private List<Charge> charges(Request request) {
    List<Charge> charges = new ArrayList<>(uses.size());
    for (Use use : uses) {
      charges.add(use.charge(request));
    }
    return charges;
  }

  private void tellFailure(List<Charge> charges) {
    for (Charge charge : charges) {
      if (charge.limit().policy().onFailure() == OnFailure.CLOSED) {
        telemetry.rateLimitAsked(charge.limit().name(), LimitResult.ERROR);
      }
    }
  }

  private Mono<Response> goOn(Decision decision, Request request, Handler next) {
    boolean isAdmitted = true;
    for (Verdict verdict : decision.verdicts()) {
      isAdmitted &= !verdict.isRefusal();
      telemetry.rateLimitAsked(verdict.charge().limit().name(), result(verdict));
    }
    Map<String, String> told = fields.of(decision);
    if (!isAdmitted) {
      return Mono.error(() -> refusal(decision, told));
    }
    return next.handle(request)
        .doOnNext(response -> told.forEach((name, value) -> response.headers().add(name, value)));
  }

  private static LimitResult result(Verdict verdict) {
    return switch (verdict.source()) {
      case NONE -> LimitResult.OPEN;
      case LOCAL -> verdict.isAdmitted() ? LimitResult.LOCAL_ADMITTED : LimitResult.LOCAL_REFUSED;
      case OWN -> {
        if (verdict.isAdmitted()) {
          yield LimitResult.ADMITTED;
        }
        yield verdict.isRefusal() ? LimitResult.REFUSED : LimitResult.SHADOW_REFUSED;
      }
    };
  }

  private static FailureException refusal(Decision decision, Map<String, String> told) {
    StringBuilder detail = new StringBuilder();
    long waitMicros = 0;
    for (Verdict verdict : decision.verdicts()) {
      if (verdict.isRefusal()) {
        detail.append(detail.isEmpty() ? "" : "; ").append(verdict.charge().limit().name());
        detail.append(": ").append(verdict.remaining()).append(" of ");
        detail.append(verdict.charge().limit().quota()).append(" left, costs ");
        detail.append(verdict.charge().cost());
        waitMicros = Math.max(waitMicros, verdict.waitMicros());
      }
    }
    return Failure.RATE_LIMITED
        .exception(detail.toString())
        .retryAfter(Duration.of(waitMicros, ChronoUnit.MICROS))
        .fields(told);
  }
}
