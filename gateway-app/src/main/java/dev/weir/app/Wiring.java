package dev.weir.app;

import dev.weir.app.admin.AdminHandler;
import dev.weir.app.admin.Readiness;
import dev.weir.app.config.LogDestination;
import dev.weir.app.config.RedisSettings;
import dev.weir.app.config.RedisTlsSettings;
import dev.weir.app.config.Settings;
import dev.weir.app.config.TlsSettings;
import dev.weir.app.config.UpstreamSettings;
import dev.weir.app.redis.BucketKeys;
import dev.weir.app.redis.RedisLinks;
import dev.weir.app.redis.RedisMetrics;
import dev.weir.app.redis.RedisRateLimiter;
import dev.weir.app.server.AcceptLimit;
import dev.weir.app.server.Listener;
import dev.weir.app.telemetry.GatewayTelemetry;
import dev.weir.app.telemetry.LineWriter;
import dev.weir.app.telemetry.Metrics;
import dev.weir.app.tls.RedisTls;
import dev.weir.app.tls.TlsFiles;
import dev.weir.http.Handler;
import dev.weir.http.Outcome;
import dev.weir.http.ReplayMemory;
import dev.weir.loop.EventLoops;
import dev.weir.loop.LoopWatch;
import dev.weir.ratelimit.InProcessLimiter;
import dev.weir.ratelimit.RateLimiter;
import dev.weir.route.RequestPath;
import dev.weir.route.Surroundings;
import dev.weir.upstream.Upstream;
import dev.weir.websocket.OpenWebSockets;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * All wiring, as constructor calls: from settings to a gateway that runs. Here are what all of it
 * stands on, the order of the start, and the end.
 */
final class Wiring {

  /** For the lines of each event loop, however many share the memory. */
  private static final int MIN_LOG_BYTES = 16 << 10;

  /** The longest a closing connection, pool or thread is waited for. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  private final Settings settings;
  private final Metrics metrics;
  private final Gauges gauges;
  private final Readiness readiness = new Readiness();
  private final EventLoops loops;
  private final LoopWatch loopWatch;
  private final @Nullable LineWriter<Outcome> accessLog;
  private final GatewayTelemetry telemetry;
  private final ReplayMemory replayMemory;
  private final RateLimits rateLimits;
  private final InProcessLimiter inProcess;
  private final OpenWebSockets webSockets =
      new OpenWebSockets(bound -> ThreadLocalRandom.current().nextLong(bound));
  private final TlsFiles tlsFiles;
  private final AcceptLimit acceptLimit;
  private final Map<String, Upstream> upstreams = new LinkedHashMap<>();
  private @Nullable RedisLinks redis;

  /** All that {@link #endThreads} ends. The access log, which can fail, comes before it runs. */
  private Wiring(Settings settings) throws IOException {
    this.settings = settings;
    this.acceptLimit = new AcceptLimit(Descriptors.of(settings).room());
    this.accessLog = accessLog(settings);
    this.loops = new EventLoops("weir", loopCount(settings), isNative(settings));
    this.metrics = new Metrics(loops.clock());
    this.gauges = new Gauges(metrics);
    this.telemetry = new GatewayTelemetry(metrics, accessLog);
    this.loopWatch = new LoopWatch(loops, settings.loopStall(), telemetry, metrics::loopLag);
    this.tlsFiles = new TlsFiles(telemetry);
    this.replayMemory = new ReplayMemory(settings.limits().replayMemory().bytes());
    this.inProcess = new InProcessLimiter(loops.clock(), telemetry);
    this.rateLimits = new RateLimits(settings, inProcess, gauges);
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
    ProcessParts parts = new ProcessParts(loops, telemetry, tlsFiles, gauges);
    Map<String, Listener> listeners = listen(parts, everyRequest(parts));
    listeners.forEach(gauges::ofListener);
    tlsFiles.contexts().forEach(gauges::ofTls);
    tlsFiles.watch(settings.certificateReload());
    gauges.ofAccepting(acceptLimit);
    gauges.ofProcess(replayMemory, loops.clock(), accessLog);
    readiness.ready();
    return gateway(listeners);
  }

  private Handler everyRequest(ProcessParts parts) throws IOException {
    redis = redis();
    Surroundings surroundings =
        new Surroundings(
            loops.clock(),
            InstantSource.system(),
            bound -> ThreadLocalRandom.current().nextLong(bound),
            telemetry,
            replayMemory,
            redis == null ? inProcess : sharedLimiter(redis),
            settings.rateLimitFields());
    UpstreamWiring wiring = new UpstreamWiring(parts);
    for (Map.Entry<String, UpstreamSettings> upstream : settings.upstreams().entrySet()) {
      String name = upstream.getKey();
      upstreams.put(name, wiring.upstream(name, upstream.getValue()));
    }
    RequestPath path = new RequestPath(surroundings);
    return new RouteWiring(settings, parts, path, rateLimits, webSockets, upstreams).everyRequest();
  }

  /** By their names; either all are bound or none. */
  private Map<String, Listener> listen(ProcessParts parts, Handler handler) throws IOException {
    ListenerWiring wiring = new ListenerWiring(settings, parts, acceptLimit);
    Map<String, Listener> listeners = new LinkedHashMap<>();
    try {
      listeners.put("admin", wiring.admin(adminHandler()));
      listeners.put("data", wiring.data(handler));
      TlsSettings tls = settings.tls();
      if (tls != null) {
        listeners.put("tls", wiring.secure(tls, handler));
      }
    } catch (RuntimeException | IOException e) {
      listeners.values().forEach(listener -> listener.close().block(CLOSE_LIMIT));
      throw e;
    }
    return listeners;
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

  private RateLimiter sharedLimiter(RedisLinks links) {
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
    long loopBytes = settings.accessLog().buffer().bytes() / loopCount(settings);
    return out == null
        ? null
        : LineWriter.ofRequests(Math.toIntExact(Math.max(MIN_LOG_BYTES, loopBytes)), out);
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

  private AdminHandler adminHandler() {
    return new AdminHandler(
        readiness,
        metrics,
        Map.of("/limits", () -> rateLimits.json(redis)),
        loops.clock(),
        settings.admin().token());
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
