package dev.weir.app.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether a client takes what is sent to it.
 *
 * <p>What we have handed to the kernel is in its buffer, of several megabytes, and it takes more
 * only when a third of that is free: to a client that reads slowly nothing seems to go out for
 * minutes. So before one is cut, the kernel is asked when it has last sent it data. Only epoll lets
 * us ask; with {@code transport: nio} a client is cut that needs longer for a third of the buffer.
 */
final class WriteProgress {

  private final long stallNanos;
  private @Nullable Object lastMessage;
  private long lastProgress;
  private long lastPendingBytes;
  private long sinceNanos;

  WriteProgress(long stallNanos) {
    this.stallNanos = stallNanos;
  }

  /** Whether it has taken nothing for too long. */
  boolean isStalled(Channel channel, long nowNanos) {
    if (hasMoved(channel.unsafe().outboundBuffer())) {
      sinceNanos = nowNanos;
    } else if (nowNanos - sinceNanos >= stallNanos) {
      sinceNanos = Math.max(sinceNanos, lastSentNanos(channel, nowNanos));
      return nowNanos - sinceNanos >= stallNanos;
    }
    return false;
  }

  /** The bytes that wait may be as many as before, and others. */
  private boolean hasMoved(@Nullable ChannelOutboundBuffer buffer) {
    long pending = buffer == null ? 0 : buffer.totalPendingWriteBytes();
    Object message = buffer == null ? null : buffer.current();
    long progress = buffer == null ? 0 : buffer.currentProgress();
    boolean hasMoved =
        pending == 0
            || pending != lastPendingBytes
            || message != lastMessage
            || progress != lastProgress;
    lastPendingBytes = pending;
    lastMessage = message;
    lastProgress = progress;
    return hasMoved;
  }

  /**
   * When the kernel has last sent data that the client had room for. Data that is sent again and
   * again into nothing does not count, nor do the questions whether there is room.
   */
  private static long lastSentNanos(Channel channel, long nowNanos) {
    if (!(channel instanceof EpollSocketChannel socket)) {
      return Long.MIN_VALUE;
    }
    EpollTcpInfo info = socket.tcpInfo();
    return info.retransmits() > 0
        ? Long.MIN_VALUE
        : nowNanos - TimeUnit.MILLISECONDS.toNanos(info.lastDataSent());
  }
}
