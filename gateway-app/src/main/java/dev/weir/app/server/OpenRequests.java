package dev.weir.app.server;

import dev.weir.http.WebSocketHandshake;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection that are not over; each goes by its header fields, since more than
 * one can be on its way. Confined to the connection's event loop.
 */
final class OpenRequests {

  private int count;
  private boolean isBegun;
  private @Nullable HttpHeaders switching;

  /** As long as its body is not here whole. */
  private @Nullable HttpHeaders receiving;

  /** The codec has read a head, which says whether a body follows. */
  void begin(HttpHeaders head, boolean hasBody) {
    count++;
    receiving = hasBody ? head : null;
    isBegun = false;
    switching = WebSocketHandshake.isWanted(head) ? head : switching;
  }

  /** The codec has read the last byte of the request that came last. */
  void received() {
    receiving = null;
  }

  /** An exchange is over, answer and all. */
  void end(HttpHeaders head) {
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

  /** Whether the client has no reason to wait before it sends the rest of a request. */
  boolean isBodyBegun() {
    return receiving != null && (isBegun || !receiving.contains(HttpHeaderNames.EXPECT));
  }

  /** Some of a request's content has come. */
  void receivedSome() {
    isBegun = true;
  }

  /** Whether the client may still be sending a request. */
  boolean isReceiving() {
    return receiving != null;
  }

  /** What the client sends belongs to no protocol any more that could say where it ends. */
  void receiveOn(HttpHeaders head) {
    receiving = head;
  }
}
