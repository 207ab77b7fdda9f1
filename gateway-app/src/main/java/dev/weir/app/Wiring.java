package dev.weir.app;

import dev.weir.app.admin.AdminHandler;
import dev.weir.app.admin.Readiness;
import dev.weir.app.config.BreakerSettings;
import dev.weir.app.config.ConcurrencySettings;
import dev.weir.app.config.EndpointUrl;
import dev.weir.app.config.Http2Settings;
import dev.weir.app.config.ListenAddress;
import dev.weir.app.config.LogDestination;
import dev.weir.app.config.RedirectSettings;
import dev.weir.app.config.RedisSettings;
import dev.weir.app.config.RedisTlsSettings;
import dev.weir.app.config.RespondSettings;
import dev.weir.app.config.RetrySettings;
import dev.weir.app.config.RouteSettings;
import dev.weir.app.config.Settings;
import dev.weir.app.config.ShareSettings;
import dev.weir.app.config.TlsSettings;
import dev.weir.app.config.UpstreamSettings;
import dev.weir.app.config.UpstreamTlsSettings;
import dev.weir.app.config.WebSocketSettings;
import dev.weir.app.redis.BucketKeys;
import dev.weir.app.redis.RedisLinks;
import dev.weir.app.redis.RedisMetrics;
import dev.weir.app.redis.RedisRateLimiter;
import dev.weir.app.server.AcceptLimit;
import dev.weir.app.server.Http2Limits;
import dev.weir.app.server.Listener;
import dev.weir.app.server.ListenerPolicy;
import dev.weir.app.server.TlsPolicy;
import dev.weir.app.telemetry.AccessLogFormat;
import dev.weir.app.telemetry.GatewayTelemetry;
import dev.weir.app.telemetry.LineWriter;
import dev.weir.app.telemetry.Metrics;
import dev.weir.app.tls.ClientTls;
import dev.weir.app.tls.FileContext;
import dev.weir.app.tls.RedisTls;
import dev.weir.app.tls.ServerTls;
import dev.weir.app.tls.TlsFiles;
import dev.weir.http.Handler;
import dev.weir.http.Outcome;
import dev.weir.http.ReplayMemory;
import dev.weir.http.TrustedProxies;
import dev.weir.loop.EventLoops;
import dev.weir.loop.LoopWatch;
import dev.weir.ratelimit.InProcessLimiter;
import dev.weir.ratelimit.RateLimiter;
import dev.weir.resilience.CircuitBreaker;
import dev.weir.resilience.ConcurrencyLimit;
import dev.weir.resilience.RetryBudget;
import dev.weir.route.Answers;
import dev.weir.route.Answers.Share;
import dev.weir.route.PathTemplate;
import dev.weir.route.RequestPath;
import dev.weir.route.Route;
import dev.weir.route.RoutePolicy;
import dev.weir.route.RouteTable;
import dev.weir.route.Surroundings;
import dev.weir.upstream.AutoConnector;
import dev.weir.upstream.ConnectionPolicy;
import dev.weir.upstream.Connector;
import dev.weir.upstream.Endpoint;
import dev.weir.upstream.EndpointTls;
import dev.weir.upstream.Http1Connector;
import dev.weir.upstream.Http2Connector;
import dev.weir.upstream.Http2Policy;
import dev.weir.upstream.Upstream;
import dev.weir.websocket.OpenWebSockets;
import dev.weir.websocket.RouteWebSockets;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** All wiring, as constructor calls: from settings to a gateway that runs. */
final class Wiring {

  private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);

  /** The longest a closing connection, pool or thread is waited for. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  private final Settings settings;
  private final Metrics metrics = new Metrics();
  private final Gauges gauges = new Gauges(metrics);
  private final Readiness readiness = new Readiness();
  private final EventLoops loops;
  private final LoopWatch loopWatch;
  private final @Nullable LineWriter<Outcome> accessLog;
  private final GatewayTelemetry telemetry;
  private final ReplayMemory replayMemory;
  private final RateLimits rateLimits;
  private final @Nullable RedisLinks redis;
  private final RequestPath path;
  private final OpenWebSockets webSockets =
      new OpenWebSockets(bound -> ThreadLocalRandom.current().nextLong(bound));
  private final TlsFiles tlsFiles;
  private final AcceptLimit acceptLimit;
  private final Map<String, Upstream> upstreams = new LinkedHashMap<>();

  private Wiring(Settings settings) throws IOException {
    this.settings = settings;
    this.acceptLimit = new AcceptLimit(Descriptors.of(settings).room());
    this.loops = new EventLoops("weir", loopCount(settings), isNative(settings));
    this.accessLog = accessLog(settings);
    this.telemetry = new GatewayTelemetry(metrics, accessLog);
    this.loopWatch = new LoopWatch(loops, settings.loopStall(), telemetry, metrics::loopLag);
    this.tlsFiles = new TlsFiles(telemetry);
    this.replayMemory = new ReplayMemory(settings.limits().replayMemory().bytes());
    InProcessLimiter inProcess = new InProcessLimiter(loops.clock(), telemetry);
    this.rateLimits = new RateLimits(settings, inProcess, gauges);
    this.redis = redis();
    this.path =
        new RequestPath(
            new Surroundings(
                loops.clock(),
                InstantSource.system(),
                bound -> ThreadLocalRandom.current().nextLong(bound),
                telemetry,
                replayMemory,
                redis == null ? inProcess : sharedLimiter(redis, inProcess),
                settings.rateLimitFields()));
  }

  /**
   * Starts a gateway; blocks until both listeners are bound. If that fails, nothing is left behind.
   *
   * @throws IOException if the access log can't be opened, or a file of certificates or keys used
   * @throws reactor.netty.ChannelBindException if an address can't be had
   */
  static Gateway start(Settings settings) throws IOException {
    Wiring wiring = new Wiring(settings);
    try {
      return wiring.start();
    } catch (RuntimeException | IOException e) {
      wiring.endThreads();
      throw e;
    }
  }

  private Gateway start() throws IOException {
    for (Map.Entry<String, UpstreamSettings> upstream : settings.upstreams().entrySet()) {
      upstreams.put(upstream.getKey(), upstream(upstream.getKey(), upstream.getValue()));
    }
    ConcurrencyLimit gatewayLimit = limit("gateway", settings.concurrency().policy());
    Handler handler = path.everyRequest(gatewayLimit, new RouteTable(routes()));
    Map<String, Listener> listeners = new LinkedHashMap<>();
    try {
      listeners.put("admin", adminListener());
      listeners.put("data", dataListener(settings.listen(), null, handler));
      TlsSettings tls = settings.tls();
      if (tls != null) {
        listeners.put("tls", dataListener(tls.listen(), tlsPolicy(tls), handler));
      }
    } catch (RuntimeException | IOException e) {
      listeners.values().forEach(listener -> listener.close().block(CLOSE_LIMIT));
      throw e;
    }
    listeners.forEach(gauges::ofListener);
    tlsFiles.contexts().forEach(gauges::ofTls);
    tlsFiles.watch(settings.certificateReload());
    gauges.ofAccepting(acceptLimit);
    gauges.ofProcess(replayMemory, loops.clock(), accessLog);
    readiness.ready();
    return gateway(listeners);
  }

  private Gateway gateway(Map<String, Listener> listeners) {
    Listener admin = Objects.requireNonNull(listeners.get("admin"));
    Listener data = Objects.requireNonNull(listeners.get("data"));
    Listener tls = listeners.get("tls");
    List<Listener> ofClients = tls == null ? List.of(data) : List.of(data, tls);
    return new Gateway(
        data.address(),
        tls == null ? null : tls.address(),
        admin.address(),
        shutdown(ofClients, admin));
  }

  /** Connections to Redis, if a limit counts there. */
  private @Nullable RedisLinks redis() throws IOException {
    RedisSettings there = settings.redis();
    if (there == null || !rateLimits.anyInRedis()) {
      return null;
    }
    RedisTlsSettings tls = there.tls().on();
    RedisMetrics watch = new RedisMetrics(metrics);
    RedisLinks links =
        new RedisLinks(there.policy(tls == null ? null : RedisTls.make(tls)), loops, watch);
    watch.of(links);
    return links;
  }

  private RateLimiter sharedLimiter(RedisLinks links, InProcessLimiter inProcess) {
    RedisSettings there = Objects.requireNonNull(settings.redis());
    RedisRateLimiter limiter =
        new RedisRateLimiter(
            links,
            new BucketKeys(there.prefix(), rateLimits.groups(settings.routes())),
            inProcess,
            new InProcessLimiter(loops.clock(), telemetry),
            there.gateways());
    gauges.ofLeases(limiter);
    return limiter;
  }

  private static int loopCount(Settings settings) {
    return settings.eventLoops() > 0
        ? settings.eventLoops()
        : Runtime.getRuntime().availableProcessors();
  }

  private static boolean isNative(Settings settings) {
    return settings.transport() == Settings.Transport.NATIVE;
  }

  private static @Nullable LineWriter<Outcome> accessLog(Settings settings) throws IOException {
    OutputStream out = stream(settings.accessLog().to());
    return out == null
        ? null
        : new LineWriter<>(
            "weir-access-log", settings.accessLog().queue(), new AccessLogFormat(), out);
  }

  private static @Nullable OutputStream stream(LogDestination to) throws IOException {
    if (to instanceof LogDestination.File file) {
      return Files.newOutputStream(
          file.path(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
    if (to instanceof LogDestination.Stdout) {
      return new FileOutputStream(FileDescriptor.out);
    }
    return to instanceof LogDestination.Stderr ? new FileOutputStream(FileDescriptor.err) : null;
  }

  private Upstream upstream(String name, UpstreamSettings upstream) throws IOException {
    List<Endpoint> endpoints = upstream.endpoints().stream().map(EndpointUrl::endpoint).toList();
    return new Upstream(
        name,
        endpoints,
        connector(name, upstream),
        limit("upstream " + name, upstream.concurrency().policy()),
        new RetryBudget(
            upstream.retryBudget().percent().value(),
            upstream.retryBudget().minPerSecond(),
            loops.clock()),
        breaker(name, upstream),
        upstream.host());
  }

  private Connector connector(String name, UpstreamSettings upstream) throws IOException {
    ConnectionPolicy policy = upstream.connectionPolicy();
    Http2Policy http2 = upstream.http2().policy();
    EndpointTls tls = endpointTls(name, upstream);
    Connector connector =
        switch (upstream.protocol()) {
          case HTTP1 -> new Http1Connector(name, loops, policy, tls, telemetry);
          case HTTP2 -> new Http2Connector(loops, policy, http2, tls);
          case AUTO -> new AutoConnector(name, loops, policy, http2, tls, telemetry);
        };
    gauges.ofConnector(name, connector);
    return connector;
  }

  /** The authorities that Java trusts take a while to be read, so only where they are needed. */
  private EndpointTls endpointTls(String name, UpstreamSettings upstream) throws IOException {
    if (upstream.endpoints().stream().noneMatch(endpoint -> endpoint.scheme().equals("https"))) {
      return EndpointTls.none();
    }
    UpstreamTlsSettings tls = upstream.tls();
    if (tls.verification() == UpstreamTlsSettings.Verification.DANGEROUSLY_NONE) {
      LOG.warn("upstream={}: certificates of endpoints are NOT verified", name);
    }
    FileContext context =
        tlsFiles.open("upstream " + name, ClientTls.files(tls), () -> ClientTls.make(tls));
    return new EndpointTls(context, tls.serverName());
  }

  private List<String> protocols() {
    return settings.http2().on() == null ? List.of("http/1.1") : List.of("h2", "http/1.1");
  }

  private TlsPolicy tlsPolicy(TlsSettings tls) throws IOException {
    FileContext context =
        tlsFiles.open("tls", ServerTls.files(tls), () -> ServerTls.make(tls, protocols()));
    return new TlsPolicy(context, tls.handshakeTimeout(), tls.maxHandshakes());
  }

  private @Nullable CircuitBreaker breaker(String name, UpstreamSettings upstream) {
    BreakerSettings breakerSettings = upstream.breaker().on();
    if (breakerSettings == null) {
      return null;
    }
    CircuitBreaker breaker =
        new CircuitBreaker(
            breakerSettings.policy(),
            loops.clock(),
            (from, to, why) -> telemetry.breakerChanged(name, from.name(), to.name(), why));
    gauges.ofBreaker(name, breaker);
    return breaker;
  }

  private ConcurrencyLimit limit(String name, ConcurrencyLimit.Policy policy) {
    ConcurrencyLimit limit = new ConcurrencyLimit(policy, loops.clock());
    gauges.ofLimit(name, limit);
    return limit;
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
        concurrency == null ? null : limit("route " + route.id(), concurrency.policy()),
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
            loops.clock(),
            telemetry,
            gauges::ofWebSockets);
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

  private Listener dataListener(ListenAddress address, @Nullable TlsPolicy tls, Handler handler) {
    return Listener.open(
        socketAddress(address),
        listenerPolicy(),
        tls,
        new TrustedProxies(settings.trustedProxies()),
        acceptLimit,
        loops,
        telemetry,
        handler);
  }

  private Listener adminListener() {
    return Listener.open(
        socketAddress(settings.admin().address()),
        listenerPolicy(),
        null,
        new TrustedProxies(List.of()),
        AcceptLimit.none(),
        loops,
        telemetry,
        new AdminHandler(
            readiness,
            metrics,
            Map.of("/limits", () -> rateLimits.json(redis)),
            loops.clock(),
            settings.admin().token()));
  }

  private ListenerPolicy listenerPolicy() {
    return new ListenerPolicy(
        settings.limits().target().toInt(),
        settings.limits().headers().toInt(),
        settings.limits().headerCount(),
        settings.limits().connections(),
        settings.limits().connectionsPerAddress(),
        settings.client().idle(),
        settings.client().headerTimeout(),
        settings.client().writeStall(),
        settings.client().minBodyRate().bytes(),
        settings.ambiguousPaths(),
        http2Limits());
  }

  private @Nullable Http2Limits http2Limits() {
    Http2Settings http2 = settings.http2().on();
    return http2 == null
        ? null
        : new Http2Limits(
            http2.maxStreams(),
            http2.streamWindow().toInt(),
            http2.connectionWindow().toInt(),
            http2.idleFrames(),
            http2.resets(),
            takesWebSockets() ? Set.of("websocket") : Set.of());
  }

  private boolean takesWebSockets() {
    return settings.routes().stream()
        .anyMatch(route -> route.websocket().on() != null && route.to() != null);
  }

  private static InetSocketAddress socketAddress(ListenAddress address) {
    return new InetSocketAddress(address.bindHost(), address.port());
  }

  private Shutdown shutdown(List<Listener> ofClients, Listener admin) {
    Shutdown shutdown = new Shutdown();
    Drain.plan(shutdown, settings.drain(), readiness, ofClients, webSockets);
    return shutdown
        .then(
            "close connections of clients",
            () -> ofClients.forEach(listener -> listener.close().block(CLOSE_LIMIT)))
        .then("close connections to upstreams", this::closeUpstreams)
        .then("close the admin listener", () -> admin.close().block(CLOSE_LIMIT))
        .then("end the threads", this::endThreads);
  }

  private void closeUpstreams() {
    Mono.whenDelayError(
            upstreams.values().stream().map(upstream -> upstream.connector().close()).toList())
        .block(CLOSE_LIMIT);
  }

  private void endThreads() {
    loopWatch.close();
    tlsFiles.close();
    try {
      if (redis != null) {
        redis.close().block(CLOSE_LIMIT);
      }
    } finally {
      loops.close().block(CLOSE_LIMIT);
    }
    if (accessLog != null) {
      accessLog.close();
    }
  }
}
