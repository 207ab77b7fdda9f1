package dev.weir.load.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a gateway holds at one instant.
 *
 * @param rssMib memory by the operating system
 * @param heapMib live objects, after a collection
 * @param descriptors open files and sockets
 * @param permits of all limits that are out
 * @param inFlight requests of clients that are being answered
 * @param timers that are set
 * @param busyConnections to upstreams that are in use
 * @param idleConnections to upstreams that are pooled
 * @param clientConnections that are open
 */
public record Vitals(
    long rssMib,
    long heapMib,
    long threads,
    long descriptors,
    long permits,
    long inFlight,
    long timers,
    long busyConnections,
    long idleConnections,
    long clientConnections) {

  /** Room for what a virtual machine does by itself: compiler threads, caches, class data. */
  private static final int SPARE_THREADS = 12;

  private static final int SPARE_HEAP_MIB = 32;
  private static final int SPARE_DESCRIPTORS = 16;
  private static final int SPARE_TIMERS = 8;

  static Vitals of(long pid, Metrics metrics) {
    return new Vitals(
        ProcessFacts.statusMib(pid, "VmRSS"),
        ProcessFacts.liveHeapMib(pid),
        ProcessFacts.status(pid, "Threads"),
        ProcessFacts.descriptors(pid),
        whole(metrics.sum("weir_limit_in_use") + metrics.sum("weir_limit_waiting")),
        whole(ofClients(metrics, "weir_requests_in_flight")),
        whole(metrics.sum("weir_timers")),
        whole(metrics.sum("weir_upstream_connections_active")),
        whole(metrics.sum("weir_upstream_connections_idle")),
        whole(ofClients(metrics, "weir_connections")));
  }

  /** The admin listener is ours. */
  private static double ofClients(Metrics metrics, String name) {
    return metrics.sum(name, "listener=\"data\"") + metrics.sum(name, "listener=\"tls\"");
  }

  private static long whole(double value) {
    return Math.round(value);
  }

  /**
   * What has not returned to where it was.
   *
   * <p>Nothing that belongs to a request may be left. Connections that both sides keep open, and
   * one timer and one descriptor for each, are what keep-alive is for. RSS is not compared: a heap
   * that has grown to what it may have stays so.
   *
   * @param before the same gateway, before the load
   */
  public List<String> notReturned(Vitals before) {
    List<String> left = new ArrayList<>();
    long kept = idleConnections + clientConnections;
    report(left, "permits", permits, 0);
    report(left, "requests in flight", inFlight, 0);
    report(left, "busy upstream connections", busyConnections, 0);
    report(left, "timers", timers, before.timers + kept + SPARE_TIMERS);
    report(left, "descriptors", descriptors, before.descriptors + kept + SPARE_DESCRIPTORS);
    report(left, "threads", threads, before.threads + SPARE_THREADS);
    report(left, "heap MiB", heapMib, before.heapMib + SPARE_HEAP_MIB);
    return left;
  }

  private static void report(List<String> left, String what, long value, long most) {
    if (value > most) {
      left.add(String.format(Locale.ROOT, "%s: %d (expected: at most %d)", what, value, most));
    }
  }
}
