package dev.weir.app.server;

import dev.weir.http.Target.Ambiguous;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a listener takes from its clients.
 *
 * @param maxTargetBytes of a request target; longer ones are answered 414
 * @param maxHeaderBytes of all header fields of a request; more are answered 431
 * @param maxHeaders fields of a request; more are answered 431
 * @param maxConnections at a time; more are closed as soon as they are accepted
 * @param maxConnectionsPerAddress likewise; of IPv6, per /64
 * @param idle after which a connection without a request is closed
 * @param headerTimeout for a request's head to arrive whole; then 408
 * @param writeStall after which a client that takes nothing of what is sent is cut off
 * @param minBodyRate bytes a second of a request's body; less is answered 408; 0 for any
 * @param http2 null where it is not spoken
 */
public record ListenerPolicy(
    int maxTargetBytes,
    int maxHeaderBytes,
    int maxHeaders,
    int maxConnections,
    int maxConnectionsPerAddress,
    Duration idle,
    Duration headerTimeout,
    Duration writeStall,
    long minBodyRate,
    Ambiguous ambiguousPaths,
    @Nullable Http2Limits http2) {

  /** Of a listener that speaks HTTP/1.1 alone. */
  public ListenerPolicy(
      int maxTargetBytes,
      int maxHeaderBytes,
      int maxHeaders,
      int maxConnections,
      int maxConnectionsPerAddress,
      Duration idle,
      Duration headerTimeout,
      Duration writeStall,
      long minBodyRate,
      Ambiguous ambiguousPaths) {
    this(
        maxTargetBytes,
        maxHeaderBytes,
        maxHeaders,
        maxConnections,
        maxConnectionsPerAddress,
        idle,
        headerTimeout,
        writeStall,
        minBodyRate,
        ambiguousPaths,
        null);
  }
}
