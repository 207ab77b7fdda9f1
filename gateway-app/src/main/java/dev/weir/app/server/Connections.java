package dev.weir.app.server;

import dev.weir.http.IpAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
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
    /** A request's body that came too slowly. */
    SLOW_BODY,
    /** More connections than the listener takes from one address. */
    TOO_MANY_OF_ADDRESS,
    /** Bytes behind a request to switch protocols, before the answer to it. */
    EARLY_BYTES,
    /** Frames or resets of HTTP/2 in numbers that serve no purpose but to keep us busy. */
    FLOOD,
    /** Something that breaks the rules of HTTP/2 for the connection as a whole. */
    PROTOCOL_ERROR,
    /** A client that took nothing of what was sent to it. */
    WRITE_STALLED
  }

  private final int max;
  private final PerAddress perAddress;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger inExchange = new AtomicInteger();
  private final Map<Cut, LongAdder> cuts = new EnumMap<>(Cut.class);
  private final Map<OpenConnection, IpAddress> all = new ConcurrentHashMap<>();

  Connections(int max, PerAddress perAddress) {
    this.max = max;
    this.perAddress = perAddress;
    for (Cut cut : Cut.values()) {
      cuts.put(cut, new LongAdder());
    }
  }

  /** Whether there is room for one more, from there. */
  boolean tryOpen(IpAddress peer) {
    if (open.incrementAndGet() > max) {
      open.decrementAndGet();
      count(Cut.TOO_MANY);
      return false;
    }
    if (!perAddress.tryOpen(peer)) {
      open.decrementAndGet();
      count(Cut.TOO_MANY_OF_ADDRESS);
      return false;
    }
    return true;
  }

  void add(OpenConnection connection, IpAddress peer) {
    all.put(connection, peer);
  }

  void closed(OpenConnection connection) {
    IpAddress peer = all.remove(connection);
    if (peer != null) {
      open.decrementAndGet();
      perAddress.closed(peer);
    }
  }

  /** The same connection goes on as another one. */
  void replace(OpenConnection before, OpenConnection now) {
    IpAddress peer = all.remove(before);
    if (peer != null) {
      all.put(now, peer);
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

  /** Says to each client that its connection will end, where there are words for that. */
  void announceEnd() {
    all.keySet().forEach(OpenConnection::announceEnd);
  }

  /** Closes each connection as soon as it has no request. */
  void closeIdle() {
    all.keySet().forEach(OpenConnection::closeWhenIdle);
  }

  /** Closes all that are left. */
  void closeAll() {
    all.keySet().forEach(OpenConnection::closeNow);
  }
}
