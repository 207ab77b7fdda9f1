package dev.weir.websocket;

/**
 * What one side of a WebSocket may send.
 *
 * @param maxFrameBytes of one frame's payload
 * @param maxMessageBytes of all frames of a message; if it is compressed, of what it inflates to,
 *     too
 * @param maxFragments frames of one message
 * @param messagesPerSecond 0 for any number
 * @param controlsPerSecond pings and pongs; 0 for any number
 */
public record FrameLimits(
    long maxFrameBytes,
    long maxMessageBytes,
    int maxFragments,
    int messagesPerSecond,
    int controlsPerSecond) {

  /** The same sizes, and any number a second. */
  public FrameLimits atAnyRate() {
    return new FrameLimits(maxFrameBytes, maxMessageBytes, maxFragments, 0, 0);
  }
}
