package dev.weir.app.server;

import dev.weir.http.FailureException;
import io.netty.handler.codec.http.DefaultHttpHeaders;

/**
 * The header fields of a request that could not be read: they carry the reason through Reactor
 * Netty's own handlers, which know nothing of it, so that the refusal waits for the answers before
 * it and is recorded and rendered like any other.
 */
final class RefusedHeaders extends DefaultHttpHeaders {

  private final transient FailureException why;

  RefusedHeaders(FailureException why) {
    this.why = why;
  }

  FailureException why() {
    return why;
  }
}
