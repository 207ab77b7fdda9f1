package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Inherits;
import dev.weir.app.config.binding.Keys;
import dev.weir.app.config.binding.Matches;
import dev.weir.app.config.binding.OrOff;
import dev.weir.app.config.binding.Problems;
import dev.weir.app.config.binding.Range;
import dev.weir.app.config.binding.Size;
import dev.weir.route.PathPattern;
import dev.weir.route.PathTemplate;
import dev.weir.route.RouteMatch;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which requests a route takes, and what becomes of them.
 *
 * <p>Timeouts, retry and body limit are those that are in force: where the file leaves one out, the
 * whole or a part, it is that of {@link RouteDefaults}. Of {@code to}, {@code respond} and {@code
 * redirect} exactly one is there.
 */
@Doc(
    "Which requests a route takes, and what becomes of them: exactly one of `to`, `respond` and"
        + " `redirect`. What a request has to match holds all together; a part that is left out"
        + " matches all.")
public record RouteSettings(
    @Doc("What the route is called in logs and metrics; unique.")
        @Default("route-" + Default.POSITION)
        @Matches(regex = Names.REGEX, expected = Names.EXPECTED)
        String id,
    @Doc("One of these hosts is asked, at any port.") @Default("[]") @Size(max = 256)
        List<HostPattern> host,
    @Doc("The path, its parameters in braces.") @Default("/*") PathPattern path,
    @Doc("One of these methods.") @Default("[]") @Size(max = 32) List<HttpMethod> methods,
    @Doc("Each of these header fields has that value; `*` for any.")
        @Default("{}")
        @Keys(name = "field", regex = FieldRules.NAME_REGEX, expected = FieldRules.NAME_EXPECTED)
        @Size(max = 64)
        Map<String, String> headers,
    @Doc("Each of these query parameters has that value, decoded; `*` for any.")
        @Default("{}")
        @Keys(name = "parameter", regex = ".+", expected = "a name")
        @Size(max = 64)
        Map<String, String> query,
    @Doc("The upstream that answers; or several, with weights, for a canary.")
        @Size(min = 1, max = 64)
        @Nullable List<ShareSettings> to,
    @Doc("The answer itself, always the same.") @Nullable RespondSettings respond,
    @Doc("Another address that the client is sent to.") @Nullable RedirectSettings redirect,
    @Doc(
            "The path that the upstream is asked for. `{id}` stands for a parameter of `path`, a"
                + " final `*` for what follows its prefix.")
        @Nullable String rewrite,
    @Doc("Changes to the header fields that the upstream gets.") @Default("{}")
        HeaderEditSettings requestHeaders,
    @Doc("Changes to the header fields that the client gets.") @Default("{}")
        HeaderEditSettings responseHeaders,
    @Doc("How long the parts of a request may take.")
        @Inherits(from = RouteDefaults.class, at = "defaults")
        TimeoutSettings timeouts,
    @Doc("When and how often to try again.") @Inherits(from = RouteDefaults.class, at = "defaults")
        OrOff<RetrySettings> retry,
    @Doc(
            "Who may open a WebSocket, and what may pass through it; `off` to forward the wish for"
                + " one as the plain request that it is besides.")
        @Inherits(from = RouteDefaults.class, at = "defaults")
        OrOff<WebSocketSettings> websocket,
    @Doc("Requests on this route; the limits of the upstream and of the gateway hold besides.")
        @Nullable ConcurrencySettings concurrency,
    @Doc("Names from `rate-limits`; all of them have to allow a request.")
        @Default("[]")
        @Matches(regex = ".+", expected = "the name of a rate limit")
        @Size(max = 8)
        List<String> rateLimits,
    @Doc("A rate limit of this route alone; `rate-limits` hold besides.")
        @Nullable RateLimitSettings rateLimit,
    @Doc("The largest body of a request; a larger one is answered 413.")
        @Inherits(from = RouteDefaults.class, at = "defaults")
        @Range(min = "0", max = RouteDefaults.LARGEST_BODY)
        ByteSize maxBody)
    implements Checked {

  /** What has a meaning only if an upstream answers. */
  private static final List<String> FOR_UPSTREAMS =
      List.of("rewrite", "request-headers", "response-headers", "retry", "websocket");

  @Override
  public void check(Problems at) {
    if (Stream.of(to, respond, redirect).filter(end -> end != null).count() != 1) {
      at.state(ends(), "exactly one of to, respond and redirect");
    }
    if (to != null) {
      checkWeights(to, at);
    } else {
      FOR_UPSTREAMS.stream()
          .filter(at::says)
          .forEach(key -> at.at(key).state("of no use without an upstream", "only with to"));
    }
    if (rewrite != null) {
      Templates.checkPath(rewrite, path, at.at("rewrite"));
    }
    if (redirect != null) {
      Templates.checkLocation(redirect.to(), path, at.at("redirect").at("to"));
    }
    if (rateLimit != null) {
      rateLimit.checkPath(path.names(), at.at("rate-limit"));
    }
    requestHeaders.checkForRequest(at.at("request-headers"));
    FieldRules.checkUnique(headers.keySet(), at.at("headers"));
    headers.forEach((name, value) -> FieldRules.checkValue(value, at.at("headers").at(name)));
  }

  private String ends() {
    String ends =
        (to == null ? "" : ", to")
            + (respond == null ? "" : ", respond")
            + (redirect == null ? "" : ", redirect");
    return ends.isEmpty() ? "nowhere to go" : ends.substring(2);
  }

  private static void checkWeights(List<ShareSettings> shares, Problems at) {
    if (shares.stream().mapToLong(ShareSettings::weight).sum() == 0) {
      at.at("to").state("no weight at all", "a weight above 0");
    }
  }

  public RouteMatch match() {
    return new RouteMatch(
        host.stream().map(HostPattern::text).toList(), path, Set.copyOf(methods), headers, query);
  }

  /** Null if the upstream is asked for the path that the client asked for. */
  public @Nullable PathTemplate rewriteTemplate() {
    return rewrite == null ? null : PathTemplate.parse(rewrite, path);
  }
}
