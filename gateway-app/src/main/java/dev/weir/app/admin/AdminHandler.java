package dev.weir.app.admin;

import dev.weir.app.telemetry.Metrics;
import dev.weir.http.Authority;
import dev.weir.http.Body;
import dev.weir.http.FailureException;
import dev.weir.http.Fields;
import dev.weir.http.Handler;
import dev.weir.http.IpAddress;
import dev.weir.http.JsonText;
import dev.weir.http.Request;
import dev.weir.http.Response;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The admin listener's one handler: health, readiness, metrics, and views of the parts.
 *
 * <p>Whoever can't be known by a token must at least have meant this address: a page in a browser
 * that was led here by a name of its own is turned away. Health is told to anybody, since probes
 * carry no token.
 */
public final class AdminHandler implements Handler {

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Readiness readiness;
  private final Metrics metrics;
  private final Map<String, Supplier<String>> views;
  private final Scheduler clock;
  private final byte @Nullable [] token;

  /**
   * The handler.
   *
   * @param views what parts of the gateway say of themselves, as JSON, by the path that tells it
   * @param clock of the event loops, to which answers return that were made elsewhere
   * @param token that is wanted of everybody, or null if the listener is reached from this machine
   *     only
   */
  public AdminHandler(
      Readiness readiness,
      Metrics metrics,
      Map<String, Supplier<String>> views,
      Scheduler clock,
      @Nullable String token) {
    this.readiness = readiness;
    this.metrics = metrics;
    this.views = new TreeMap<>(views);
    this.clock = clock;
    this.token = token == null ? null : token.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Mono<Response> handle(Request request) {
    FailureException refusal = request.refusal();
    if (refusal != null) {
      return text(refusal.failure().status(), refusal.getMessage() + "\n");
    }
    String path = request.target().path();
    if (path.equals("/health/live")) {
      return json(200, "live");
    }
    if (path.equals("/health/ready")) {
      return json(readiness.isReady() ? 200 : 503, readiness.text());
    }
    Response denial = denial(request);
    if (denial != null) {
      return Mono.just(denial);
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      return text(405, "only GET\n");
    }
    if (path.equals("/")) {
      return text(200, "/health/live\n/health/ready\n/metrics\n" + lines(views.keySet()));
    }
    if (path.equals("/metrics")) {
      return metrics();
    }
    Supplier<String> view = views.get(path);
    return view == null
        ? text(404, "nothing here; see /\n")
        : Mono.fromSupplier(() -> response(200, JSON, view.get()));
  }

  private static String lines(Set<String> paths) {
    return paths.stream().map(path -> path + "\n").collect(Collectors.joining());
  }

  private @Nullable Response denial(Request request) {
    if (token == null) {
      return isMeant(request.authority())
          ? null
          : response(421, TEXT, "reach the admin listener by its address\n");
    }
    String credentials = request.headers().get(HttpHeaderNames.AUTHORIZATION);
    String given = credentials == null ? "" : credentials;
    boolean isBearer = given.regionMatches(true, 0, "Bearer ", 0, 7);
    byte[] offered = (isBearer ? given.substring(7) : "").getBytes(StandardCharsets.UTF_8);
    if (MessageDigest.isEqual(token, offered)) {
      return null;
    }
    Response unauthorized = response(401, TEXT, "a bearer token is needed\n");
    unauthorized.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"weir\"");
    return unauthorized;
  }

  /** By an address, or by the one name that no stranger can give to an address of theirs. */
  private static boolean isMeant(Authority authority) {
    return authority.host().equals("localhost") || IpAddress.parse(authority.address()) != null;
  }

  private Mono<Response> metrics() {
    return Mono.fromCallable(metrics::scrape)
        .subscribeOn(Schedulers.boundedElastic())
        .publishOn(clock)
        .map(text -> response(200, PROMETHEUS, text));
  }

  private static Mono<Response> json(int status, String value) {
    StringBuilder json = new StringBuilder("{\"status\":");
    JsonText.append(json, value);
    return Mono.just(response(status, JSON, json.append("}\n").toString()));
  }

  private static Mono<Response> text(int status, String text) {
    return Mono.just(response(status, TEXT, text));
  }

  private static Response response(int status, String type, String text) {
    HttpHeaders headers = Fields.create();
    headers.set(HttpHeaderNames.CONTENT_TYPE, type);
    headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    return Response.of(status, headers, Body.held(text.getBytes(StandardCharsets.UTF_8)));
  }
}
