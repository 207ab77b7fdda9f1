package dev.weir.app.server;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** The connections of a listener's clients: how many there are, and why some were cut. */
public final class Connections {

  /** Why a connection was closed by us. */
  public enum Cut {
    /** More connections than the listener takes. */
    TOO_MANY,
    /** More TLS handshakes at a time than the listener takes. */
    TOO_MANY_HANDSHAKES,
    /** A TLS handshake that did not end in time. */
    HANDSHAKE_TIMEOUT,
    /** A TLS handshake that failed: no TLS at all, nothing in common, no certificate. */
    HANDSHAKE_FAILED,
    /** No request for too long. */
    IDLE,
    /** A request's head that did not arrive whole in time. */
    SLOW_HEAD,
    /** Bytes behind a request to switch protocols, before the answer to it. */
    EARLY_BYTES,
    /** A client that took nothing of what was sent to it. */
    WRITE_STALLED
  }

  private final int max;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger inExchange = new AtomicInteger();
  private final Map<Cut, LongAdder> cuts = new EnumMap<>(Cut.class);
  private final Set<ConnectionGuard> guards = ConcurrentHashMap.newKeySet();

  Connections(int max) {
    this.max = max;
    for (Cut cut : Cut.values()) {
      cuts.put(cut, new LongAdder());
    }
  }

  boolean tryOpen() {
    if (open.incrementAndGet() <= max) {
      return true;
    }
    open.decrementAndGet();
    count(Cut.TOO_MANY);
    return false;
  }

  void add(ConnectionGuard guard) {
    guards.add(guard);
  }

  void closed(ConnectionGuard guard) {
    if (guards.remove(guard)) {
      open.decrementAndGet();
    }
  }

  void exchangeBegins() {
    inExchange.incrementAndGet();
  }

  void exchangeEnds() {
    inExchange.decrementAndGet();
  }

  void count(Cut cut) {
    adder(cut).increment();
  }

  private LongAdder adder(Cut cut) {
    return Objects.requireNonNull(cuts.get(cut));
  }

  public int open() {
    return open.get();
  }

  /** Requests that are being answered. */
  public int inExchange() {
    return inExchange.get();
  }

  public long cut(Cut cut) {
    return adder(cut).sum();
  }

  /** Closes each connection as soon as it has no request. */
  void closeIdle() {
    guards.forEach(ConnectionGuard::closeWhenIdle);
  }

  /** Closes all that are left. */
  void closeAll() {
    guards.forEach(ConnectionGuard::closeNow);
  }
}
