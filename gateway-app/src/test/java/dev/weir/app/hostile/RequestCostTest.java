package dev.weir.app.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.weir.app.TestGateway;
import dev.weir.testing.RawClient;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * P23: what each variant of the catalogue costs the gateway's event loop: bytes that it allocates
 * (most of them garbage a moment later, so that this bounds what it could hold) and time of its
 * processor. An input counts with what its connection takes on the wire, and with the time that the
 * processor needs to send it and to read the answer.
 *
 * <p>Both times are those of threads, not of the clock on the wall, and the least of some rounds:
 * so what else the machine does has no part in them.
 */
final class RequestCostTest {

  private static final int MAX_FACTOR = 100;

  /** Of three packets to open a connection, three to close it, and one for what is sent. */
  private static final int WIRE_BYTES = 7 * 54;

  private static final int ROUNDS = Integer.getInteger("rounds", 3);
  private static final RecordingUpstream UPSTREAM = new RecordingUpstream();

  @RegisterExtension
  static final TestGateway GATEWAY =
      TestGateway.of(
          """
          event-loops: 1
          limits: {target: 4KiB, headers: 8KiB, header-count: 100}
          upstreams:
            one: {endpoints: %s, host: preserve, breaker: off}
          defaults: {retry: off, max-body: 64KiB}
          routes:
            - {id: fixed, path: /fixed, respond: {status: 200, body: fixed}}
            - {id: all, to: one}
          """
              .formatted(UPSTREAM.url()));

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private ResourceLeakDetector.Level level;

  @AfterAll
  static void close() {
    UPSTREAM.close();
  }

  /** The leak detector keeps a trace of every buffer, which costs more than all the rest. */
  @BeforeEach
  void stopLookingForLeaks() {
    level = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
  }

  @AfterEach
  void lookForLeaks() {
    ResourceLeakDetector.setLevel(level);
  }

  private record Cost(String name, int bytes, long allocated, long nanos, long clientNanos) {

    double factor() {
      return (double) allocated / (bytes + WIRE_BYTES);
    }

    double processorFactor() {
      return (double) nanos / Math.max(1, clientNanos);
    }

    @Override
    public String toString() {
      return String.format(
          "%.1f times %d bytes (%d allocated), %.1f times %d us (%d us): %s",
          factor(),
          bytes + WIRE_BYTES,
          allocated,
          processorFactor(),
          clientNanos / 1000,
          nanos / 1000,
          name);
    }
  }

  @Test
  void costsNoHundredTimesWhatItCostsTheClientP23() {
    long loop =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().matches("weir-.*(epoll|nio).*"))
            .findFirst()
            .orElseThrow()
            .getId();
    List<Hostile> catalogue =
        RequestCatalogue.all().stream().filter(hostile -> !hostile.endsStream()).toList();
    catalogue.forEach(RequestCostTest::send);
    List<Cost> costs = new ArrayList<>();
    for (Hostile hostile : catalogue) {
      costs.add(cost(hostile, loop));
    }

    costs.sort(Comparator.comparingDouble(Cost::factor).reversed());
    System.out.println("the dearest of " + costs.size() + " inputs:");
    costs.subList(0, 8).forEach(System.out::println);
    Cost dearest = costs.get(0);
    costs.sort(Comparator.comparingDouble(Cost::processorFactor).reversed());
    costs.subList(0, 4).forEach(cost -> System.out.println("by time: " + cost));
    assertThat(dearest.factor()).as(dearest.toString()).isLessThan(MAX_FACTOR);
    assertThat(costs.get(0).processorFactor()).as(costs.get(0).toString()).isLessThan(MAX_FACTOR);
    assertThat(costs).as("times that were measured").allMatch(cost -> cost.clientNanos() > 0);
  }

  /** The least of some rounds: what else the loop does at the time is not the input's. */
  private Cost cost(Hostile hostile, long loop) {
    long allocated = Long.MAX_VALUE;
    long nanos = Long.MAX_VALUE;
    long clientNanos = Long.MAX_VALUE;
    for (int i = 0; i < ROUNDS; i++) {
      long allocatedBefore = threads.getThreadAllocatedBytes(loop);
      long nanosBefore = threads.getThreadCpuTime(loop);
      long clientBefore = threads.getCurrentThreadCpuTime();
      send(hostile);
      clientNanos = Math.min(clientNanos, threads.getCurrentThreadCpuTime() - clientBefore);
      allocated = Math.min(allocated, threads.getThreadAllocatedBytes(loop) - allocatedBefore);
      nanos = Math.min(nanos, threads.getThreadCpuTime(loop) - nanosBefore);
    }
    return new Cost(hostile.name(), hostile.bytes().length, allocated, nanos, clientNanos);
  }

  /** Sends it, and reads the first answer. */
  private static void send(Hostile hostile) {
    try (RawClient client = new RawClient(GATEWAY.port())) {
      client.send(hostile.bytes());
      assertThat(client.head().firstLine()).startsWith("HTTP/1.1 ");
    } catch (IllegalStateException cut) {
      // Some are too long to be read to their end.
    }
    var unused = UPSTREAM.take();
  }
}
