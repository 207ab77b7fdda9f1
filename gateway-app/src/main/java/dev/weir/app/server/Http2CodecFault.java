package dev.weir.app.server;

import io.netty.handler.codec.http2.Http2Exception;
import org.jspecify.annotations.Nullable;

/** Tells faults in the protocol from others. */
final class Http2CodecFault {

  private Http2CodecFault() {}

  static boolean isOfProtocol(Throwable error) {
    for (@Nullable Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof Http2Exception) {
        return true;
      }
    }
    return false;
  }
}
