package dev.weir.app.server;

import dev.weir.http.FailureException;
import dev.weir.http.WebSocketHandshake;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection that are not over; each goes by its header fields, since more than
 * one can be on its way. Confined to the connection's event loop.
 */
final class OpenRequests {

  /** Rarely used. */
  private final IdentityHashMap<HttpHeaders, HttpHeaders> trailers = new IdentityHashMap<>(0);

  /** Rarely used. */
  private final IdentityHashMap<HttpHeaders, FailureException> faults = new IdentityHashMap<>(0);

  private int count;
  private @Nullable HttpHeaders switching;

  /** After which its client wants the connection to end. */
  private @Nullable HttpHeaders last;

  /** As long as its body is not here whole. */
  private @Nullable HttpHeaders receiving;

  /** The codec has read a head, which says whether a body follows. */
  void begin(HttpHeaders head, boolean hasBody) {
    count++;
    receiving = hasBody ? head : null;
    switching = WebSocketHandshake.isWanted(head) ? head : switching;
  }

  /** The client wants the connection to end with this one. */
  void endWith(HttpHeaders head) {
    last = head;
  }

  /** Whether it has to end with the answer to this one; also if the rest of it is still to come. */
  boolean endsWith(HttpHeaders head) {
    return last == head || receiving == head;
  }

  /** The codec has read the last byte of the request that came last. */
  void received() {
    receiving = null;
  }

  /** An exchange is over, answer and all. */
  void end(HttpHeaders head) {
    trailers.remove(head);
    faults.remove(head);
    switching = switching == head ? null : switching;
    count--;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Whether a request is being answered that may turn the connection over to another protocol. */
  boolean isSwitching() {
    return switching != null;
  }

  /** Whether the client may still be sending a request. */
  boolean isReceiving() {
    return receiving != null;
  }

  /** What the client sends belongs to no protocol any more that could say where it ends. */
  void receiveOn(HttpHeaders head) {
    receiving = head;
  }

  /** The rest of the request will not come, or can't be understood. */
  void fail(HttpHeaders head, FailureException why) {
    faults.put(head, why);
  }

  /**
   * Passes if the body that has ended was whole.
   *
   * @throws FailureException if it was not
   */
  void requireWhole(HttpHeaders head) {
    FailureException why = faults.get(head);
    if (why != null) {
      throw why;
    }
  }

  /** The trailer section of the request has been read. */
  void keepTrailers(HttpHeaders head, HttpHeaders ofRequest) {
    trailers.put(head, ofRequest);
  }

  /** The trailer section of the request, if it has been read. */
  HttpHeaders trailers(HttpHeaders head) {
    return trailers.getOrDefault(head, EmptyHttpHeaders.INSTANCE);
  }
}
