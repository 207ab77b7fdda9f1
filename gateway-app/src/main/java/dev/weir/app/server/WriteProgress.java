package dev.weir.app.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/** Whether a client takes what is sent to it. */
final class WriteProgress {

  private final long stallNanos;
  private long lastPendingBytes;
  private long pendingSinceNanos;

  WriteProgress(long stallNanos) {
    this.stallNanos = stallNanos;
  }

  /** Whether it has taken nothing for too long. */
  boolean isStalled(Channel channel, long nowNanos) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    long pending = buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    if (pending == 0 || pending != lastPendingBytes) {
      lastPendingBytes = pending;
      pendingSinceNanos = nowNanos;
      return false;
    }
    return nowNanos - pendingSinceNanos >= stallNanos;
  }
}
