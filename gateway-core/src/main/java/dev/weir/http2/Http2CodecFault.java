package dev.weir.http2;

import io.netty.handler.codec.http2.Http2Exception;
import org.jspecify.annotations.Nullable;

/** Tells faults in the protocol from others. */
public final class Http2CodecFault {

  private Http2CodecFault() {}

  /** Whether the other side has broken a rule of HTTP/2, rather than the connection. */
  public static boolean isOfProtocol(Throwable error) {
    for (@Nullable Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof Http2Exception) {
        return true;
      }
    }
    return false;
  }
}
