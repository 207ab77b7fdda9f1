package dev.weir.upstream;

import dev.weir.http.Handler;
import reactor.core.publisher.Mono;

/**
 * Speaks with endpoints. The port is one function: a request, to one endpoint, once.
 *
 * <p>The handler emits the response when its head is here, while its body may still be streaming,
 * and fails with a {@link dev.weir.http.FailureException}:
 *
 * <ul>
 *   <li>CONNECT_FAILED, CONNECT_TIMEOUT, UPSTREAM_TLS_FAILED: not one byte of the request left us,
 *       so that anything may be repeated;
 *   <li>UPSTREAM_REFUSED: the endpoint has said, or it is certain, that it has done nothing for the
 *       request, so that it may be repeated where its body can be sent again;
 *   <li>UPSTREAM_CLOSED: the connection ended before there was a head; the request may have been
 *       carried out;
 *   <li>UPSTREAM_INVALID: what came back is not to be trusted.
 * </ul>
 *
 * <p>A body that breaks off fails with UPSTREAM_CLOSED too. Cancelling before the head ends the
 * exchange with the endpoint: by closing the connection, or of HTTP/2 by resetting the stream; so
 * does discarding a body that has not ended. An error of the request's own body passes through as
 * it is.
 *
 * <p>The request's header fields go out as they are, but for those that frame the message; a
 * request without a Host field gets that of the endpoint. What is left of the deadline is sent
 * along.
 */
public interface Connector {

  /**
   * One attempt at {@code endpoint} per subscription; it does not repeat by itself. Handlers to the
   * same endpoint share their connections.
   */
  Handler to(Endpoint endpoint);

  /** Closes the idle connections, and the others as soon as they become idle. */
  Mono<Void> close();

  /** Connections that are open, in use and idle; for metrics and tests. */
  Connections connections();

  /**
   * A snapshot.
   *
   * @param calls that are on those that are in use
   * @param waiting calls that wait for a connection, or for room on one
   */
  record Connections(int active, int idle, int calls, int waiting) {}
}
