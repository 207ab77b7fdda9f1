package dev.weir.load;

import static io.gatling.javaapi.core.CoreDsl.asLongAs;
import static io.gatling.javaapi.core.CoreDsl.bodyBytes;
import static io.gatling.javaapi.core.CoreDsl.constantUsersPerSec;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.core.CoreDsl.rampUsersPerSec;
import static io.gatling.javaapi.http.HttpDsl.http;

import dev.weir.load.gateway.Pause;
import dev.weir.load.gateway.RunningGateway;
import dev.weir.load.gateway.Vitals;
import dev.weir.load.upstream.Behaviour;
import dev.weir.load.upstream.MisbehavingUpstream;
import dev.weir.load.upstream.Seal;
import io.gatling.javaapi.core.Assertion;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.OpenInjectionStep;
import io.gatling.javaapi.core.PopulationBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.core.Simulation;
import io.gatling.javaapi.http.HttpProtocolBuilder;
import io.gatling.javaapi.http.HttpRequestActionBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** A question about gateways under load: starts them and what is around them, and cleans up. */
abstract class GatewaySimulation extends Simulation {

  /** The form that runs with every change: fewer seconds, the same questions. */
  static final boolean IS_SHORT = Boolean.getBoolean("weir.load.short");

  private static final Path HOME =
      Path.of(System.getProperty("weir.load.home", ".")).toAbsolutePath();
  private static final Path LAUNCHER = HOME.resolve("../gateway-app/target/weir/weir/bin/gateway");
  private static final Duration RETURN_LIMIT = Duration.ofSeconds(5);

  /** So long a gateway is given to compile what it runs most; what it does then is told apart. */
  static final Duration WARM_UP = seconds(4, 20);

  /** The counter of users that ask more than once. */
  static final String TURN = "turn";

  private final Checks checks = new Checks();
  private final AtomicLong firstRequest = new AtomicLong();
  private final Deque<AutoCloseable> started = new ArrayDeque<>();

  /** For output and files of this simulation. */
  final Path work = workDirectory();

  private Path workDirectory() {
    try {
      return Files.createDirectories(
          HOME.resolve("target/load").resolve(getClass().getSimpleName()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name of a request; one of its own while the gateway warms up. */
  Function<Session, String> named(String name) {
    return session -> isWarm() ? name : name + " (warming up)";
  }

  boolean isWarm() {
    long now = System.nanoTime();
    firstRequest.compareAndSet(0, now);
    return now - firstRequest.get() > WARM_UP.toNanos();
  }

  /**
   * A GET by a path of its own, whose answer, if it is 200, is the upstream's to this request and
   * whole.
   */
  static HttpRequestActionBuilder get(Function<Session, String> name, String path) {
    Function<Session, String> own =
        session ->
            path + "?" + session.userId() + "." + (session.contains(TURN) ? session.get(TURN) : 0);
    return http(name)
        .get(own)
        .checkIf((response, session) -> response.status().code() == 200)
        .then(
            bodyBytes()
                .transformWithSession((body, session) -> Seal.fault(body, own.apply(session)))
                .is(""));
  }

  /** A constant rate, after a ramp to it while the gateway warms up. */
  static OpenInjectionStep[] steady(double perSecond, Duration length) {
    return new OpenInjectionStep[] {
      rampUsersPerSec(5).to(perSecond).during(WARM_UP),
      constantUsersPerSec(perSecond).during(length)
    };
  }

  static Duration seconds(int inShort, int otherwise) {
    return Duration.ofSeconds(IS_SHORT ? inShort : otherwise);
  }

  /** A limit of latency; in the short form one that only a hang exceeds, whatever else runs. */
  static int millis(int otherwise) {
    return IS_SHORT ? 10 * otherwise : otherwise;
  }

  static Path configuration(String file) {
    return HOME.resolve("src/gatling/conf").resolve(file);
  }

  MisbehavingUpstream upstream(Behaviour behaviour) {
    return closed(MisbehavingUpstream.start(behaviour));
  }

  /** A gateway that is checked to hold no more at the end than at the beginning. */
  RunningGateway gateway(String name, String file, Map<String, String> variables) {
    RunningGateway gateway =
        closed(RunningGateway.start(LAUNCHER, configuration(file), work, name, variables));
    Vitals before = gateway.vitals();
    check(name + " returns to rest within 5 s", () -> notReturned(gateway, before));
    return gateway;
  }

  RunningGateway gateway(String file, MisbehavingUpstream upstream) {
    return gateway("gateway", file, Map.of("UPSTREAM", "127.0.0.1:" + upstream.port()));
  }

  private static String notReturned(RunningGateway gateway, Vitals before) {
    AtomicReference<Vitals> now = new AtomicReference<>(before);
    boolean hasReturned =
        Pause.until(
            RETURN_LIMIT,
            () -> {
              now.set(gateway.vitals());
              return now.get().notReturned(before).isEmpty();
            });
    System.out.println("before: " + before + "\nafter:  " + now.get());
    return hasReturned ? "" : String.join("; ", now.get().notReturned(before));
  }

  <T extends AutoCloseable> T closed(T resource) {
    started.push(resource);
    return resource;
  }

  /** What has to hold after the load; the text says what does not. */
  void check(String name, Supplier<String> problem) {
    checks.add(name, problem);
  }

  /** The same of a number, which is then printed in any case. */
  void checkAtMost(String name, DoubleSupplier value, double most) {
    check(
        name,
        () -> {
          double is = value.getAsDouble();
          System.out.printf("%s: %.3f (at most %.3f)%n", name, is, most);
          return is <= most ? "" : is + " (expected: at most " + most + ")";
        });
  }

  void checkAtLeast(String name, DoubleSupplier value, double least) {
    check(
        name,
        () -> {
          double is = value.getAsDouble();
          System.out.printf("%s: %.3f (at least %.3f)%n", name, is, least);
          return is >= least ? "" : is + " (expected: at least " + least + ")";
        });
  }

  /**
   * Something that takes its time, beside the threads that make the load; its failure is a check's.
   */
  ChainBuilder beside(String name, Runnable task) {
    AtomicReference<CompletableFuture<Void>> running = new AtomicReference<>();
    check(
        name,
        () -> running.get().handle((done, failure) -> failure == null ? "" : "" + failure).join());
    return exec(session -> {
          running.set(CompletableFuture.runAsync(task));
          return session;
        })
        .exec(asLongAs(session -> !running.get().isDone()).on(pause(Duration.ofMillis(100))));
  }

  /**
   * Declares the simulation.
   *
   * @param first the load that takes longest, after which come the checks
   */
  void load(
      String url,
      List<Assertion> assertions,
      PopulationBuilder first,
      PopulationBuilder... others) {
    HttpProtocolBuilder protocol = http.baseUrl(url).shareConnections().disableCaching();
    List<PopulationBuilder> all = new ArrayList<>(List.of(first.andThen(checks.afterwards())));
    all.addAll(Arrays.asList(others));
    List<Assertion> wanted = new ArrayList<>(assertions);
    wanted.addAll(Arrays.asList(checks.assertions()));
    setUp(all).protocols(protocol).assertions(wanted.toArray(Assertion[]::new));
  }

  @Override
  public void after() {
    checks.close();
    while (!started.isEmpty()) {
      try {
        started.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
