package dev.weir.load.client;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests at a constant rate whatever becomes of them, and tells how long they took from
 * when they were <em>due</em>.
 *
 * <p>A generator that waits for an answer before it sends the next request stops asking while a
 * server stands still, and so leaves out just those requests that would have been slow. Here the
 * clock says when a request is due. If no connection is free at that time it waits for one, and
 * that wait is part of its latency.
 *
 * <p>One thread sends, so that a request leaves on time; another one reads, and sends those that
 * wait.
 */
public final class ConstantRate {

  /** How long answers may still come after the last request was due. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final long intervalNanos;
  private final int total;
  private final Latencies latencies;
  private final Latencies lateness;
  private final Queue<KeptConnection> idle = new ArrayDeque<>();
  private final Queue<Long> waiting = new ArrayDeque<>();
  private final ConnectionReader reader;

  ConstantRate(URI target, int perSecond, int seconds, int connections) throws IOException {
    intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    total = perSecond * seconds;
    latencies = new Latencies(total);
    lateness = new Latencies(total);
    reader = new ConnectionReader(target, this::answered, this::broken);
    for (int i = 0; i < connections; i++) {
      idle.add(reader.open());
    }
  }

  /** Takes a URL, requests a second, seconds, and connections; prints figures as JSON. */
  public static void main(String[] args) throws IOException {
    if (args.length != 4) {
      System.err.println("usage: ConstantRate URL PER_SECOND SECONDS CONNECTIONS");
      System.exit(2);
    }
    int perSecond = Integer.parseInt(args[1]);
    ConstantRate run =
        new ConstantRate(
            URI.create(args[0]), perSecond, Integer.parseInt(args[2]), Integer.parseInt(args[3]));
    System.out.println(run.measure());
  }

  String measure() {
    Thread reading = new Thread(reader, "reader");
    reading.setDaemon(true);
    reading.start();
    long start = System.nanoTime();
    for (int i = 0; i < total; i++) {
      long due = start + i * intervalNanos;
      awaitTime(due);
      send(due);
    }
    long end = System.nanoTime() + LINGER_NANOS;
    while (latencies.count() < total && System.nanoTime() < end) {
      awaitTime(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1));
    }
    return json();
  }

  /** Sleeps rather than spins: the server under test may share this processor. */
  private static void awaitTime(long nanoTime) {
    for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void send(long due) {
    KeptConnection connection = connectionOrLine(due);
    if (connection != null) {
      sendOn(connection, due);
    }
  }

  /** A free connection; or null, and then the request stands in line. */
  private synchronized @Nullable KeptConnection connectionOrLine(long due) {
    KeptConnection connection = idle.poll();
    if (connection == null) {
      waiting.add(due);
    }
    return connection;
  }

  /** When the request was due that is next in line; or null, and then the connection is free. */
  private synchronized @Nullable Long nextInLine(KeptConnection connection) {
    Long due = waiting.poll();
    if (due == null) {
      idle.add(connection);
    }
    return due;
  }

  /** A request that can't be sent has failed; then the next one in line has its turn. */
  private void sendOn(KeptConnection connection, long firstDue) {
    for (Long due = firstDue; due != null; due = nextInLine(connection)) {
      lateness.record(System.nanoTime() - due);
      if (connection.send(due)) {
        return;
      }
      latencies.fail();
    }
  }

  private void answered(KeptConnection connection, long due, int status) {
    if (status / 100 == 2) {
      latencies.record(System.nanoTime() - due);
    } else {
      latencies.fail();
    }
    next(connection);
  }

  private void next(KeptConnection connection) {
    Long due = nextInLine(connection);
    if (due != null) {
      sendOn(connection, due);
    }
  }

  private void broken(KeptConnection connection) {
    latencies.fail();
    next(connection);
  }

  private String json() {
    return String.format(
        Locale.ROOT,
        "{\"requests\": %d, \"errors\": %d, \"p50\": %.3f, \"p99\": %.3f, \"p999\": %.3f,"
            + " \"max\": %.3f, \"lateness_p99\": %.3f}",
        total,
        total - latencies.successes(),
        latencies.millisAt(0.5),
        latencies.millisAt(0.99),
        latencies.millisAt(0.999),
        latencies.millisAt(1),
        lateness.millisAt(0.99));
  }
}
