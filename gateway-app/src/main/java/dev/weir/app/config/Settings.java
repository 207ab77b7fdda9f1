package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Keys;
import dev.weir.app.config.binding.OrOff;
import dev.weir.app.config.binding.Problems;
import dev.weir.app.config.binding.Range;
import dev.weir.app.config.binding.Size;
import dev.weir.http.ForwardingFields;
import dev.weir.http.IpRange;
import dev.weir.http.Target;
import dev.weir.ratelimit.LimitFields;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All that a configuration file says, with what it leaves to defaults. */
@Doc("What the gateway listens on, where it sends requests, and within which bounds.")
public record Settings(
    @Doc("Where clients connect.") @Default("127.0.0.1:8080") ListenAddress listen,
    @Doc("A second listener for clients, which speaks TLS.") @Nullable TlsSettings tls,
    @Doc("HTTP/2 with clients.") @Default("{}") OrOff<Http2Settings> http2,
    @Doc(
            "How often the files of certificates and keys are looked at. What has changed is used"
                + " for new connections; if it can't be, the old remains in use, and the log says so.")
        @Default("10s")
        @Range(min = "100ms", max = "1d")
        Duration certificateReload,
    @Doc("The listener for those who run the gateway: health, metrics, the table of routes.")
        @Default("{}")
        AdminSettings admin,
    @Doc("Threads that do all I/O. 0: one for each processor.")
        @Default("0")
        @Range(min = "0", max = "256")
        int eventLoops,
    @Doc(
            "A thread of `event-loops` that is busy with one thing for longer than this is counted"
                + " (`loop_stalled`), and the log says what it was doing.")
        @Default("500ms")
        @Range(min = "20ms", max = "1h")
        Duration loopStall,
    @Doc(
            "How sockets are driven: `native` by the operating system's own means where they are to"
                + " be had, `nio` by those of Java.")
        @Default("native")
        Transport transport,
    @Doc(
            "Proxies in front of the gateway. What they say of the client in `X-Forwarded-*` is"
                + " believed; what others say is not.")
        @Default("[]")
        @Size(max = 1024)
        List<IpRange> trustedProxies,
    @Doc(
            "Which fields tell upstreams who the client is: `X-Forwarded-*`, `Forwarded` (RFC"
                + " 7239), both, or none.")
        @Default("both")
        ForwardingFields forwardingFields,
    @Doc(
            "What to do with paths that servers read in different ways (`%2F`, `;`): `refuse` the"
                + " request with 400, or `keep` them as part of their segment.")
        @Default("refuse")
        Target.Ambiguous ambiguousPaths,
    @Doc("Bounds of what clients can make the gateway hold.") @Default("{}") LimitSettings limits,
    @Doc("Connections of clients.") @Default("{}") ClientSettings client,
    @Doc("Requests in the whole gateway; what exceeds this is answered 503 before any other work.")
        @Default("{max: 2048, queue: 1024, queue-timeout: 1s}")
        ConcurrencySettings concurrency,
    @Doc("How the gateway stops.") @Default("{}") DrainSettings drain,
    @Doc("A line for each request.") @Default("{}") AccessLogSettings accessLog,
    @Doc("The services behind the gateway, by names that routes refer to.")
        @Default("{}")
        @Keys(name = "name", regex = Names.REGEX, expected = Names.EXPECTED)
        @Size(max = Settings.MAX_UPSTREAMS)
        Map<String, UpstreamSettings> upstreams,
    @Doc("Where gateways count together.") @Nullable RedisSettings redis,
    @Doc("How many requests may come in a time, by names that routes refer to.")
        @Default("{}")
        @Keys(name = "name", regex = Names.REGEX, expected = Names.EXPECTED)
        @Size(max = Settings.MAX_RATE_LIMITS)
        Map<String, RateLimitSettings> rateLimits,
    @Doc(
            "Which fields of an answer tell what rate limits leave: `standard` are `RateLimit` and"
                + " `RateLimit-Policy` of the IETF's draft, `x-ratelimit` the older names.")
        @Default("standard")
        LimitFields.Style rateLimitFields,
    @Doc("What holds for routes that say nothing else.") @Default("{}") RouteDefaults defaults,
    @Doc(
            "Which requests go where. An exact host goes before `*.` and a suffix, a literal"
                + " segment of a path before a parameter, a parameter before `*`; the order of the"
                + " file decides between routes with the same host and path.")
        @Default("[]")
        @Size(max = Settings.MAX_ROUTES)
        List<RouteSettings> routes)
    implements Checked {

  static final int MAX_UPSTREAMS = 1024;
  static final int MAX_RATE_LIMITS = 1024;
  static final int MAX_ROUTES = 100_000;

  /** How sockets are driven. */
  public enum Transport {
    /** By epoll, or whatever else the operating system has and the gateway a library for. */
    NATIVE,
    NIO
  }

  @Override
  public void check(Problems at) {
    if (tls != null && tls.listen().collidesWith(listen)) {
      at.at("tls").report("listen", "another address than that of listen, " + listen);
    }
    if (tls != null && tls.listen().collidesWith(admin.address())) {
      at.at("tls").report("listen", "another address than that of admin, " + admin.address());
    }
    if (listen.collidesWith(admin.address())) {
      String key = at.says("admin") ? "admin" : "listen";
      Problems place = key.equals("admin") ? at.at(key).at("address") : at.at(key);
      String other = key.equals("admin") ? "listen, " + listen : "admin, " + admin.address();
      place.report("another address than that of " + other);
    }
    if (routes.isEmpty()) {
      at.warn("no routes; every request will be answered 404");
    }
  }
}
