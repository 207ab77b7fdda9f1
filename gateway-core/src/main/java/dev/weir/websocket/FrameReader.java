package dev.weir.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * Follows the frames of one direction as their bytes pass, and judges them (RFC 6455 §5).
 *
 * <p>A frame's payload may go on as soon as its header has been judged, and is neither copied nor
 * gathered. Only a header, and a control frame, which is as small, is held back until it is here
 * whole. Masks are undone for the eye alone: what goes on is what came.
 */
final class FrameReader {

  /** The current frame began in bytes that have gone on. */
  private static final int BEFORE = -1;

  /** The current frame's header is the prefix. */
  private static final int IN_PREFIX = -2;

  private final boolean isMasked;
  private final boolean isDeflated;
  private final FrameLimits limits;
  private final Scheduler clock;
  private final @Nullable Rate messageRate;
  private final @Nullable Rate controlRate;
  private final Utf8Check text = new Utf8Check();

  private long frameBytes;
  private long remaining;
  private int key;
  private boolean isFinal;

  private boolean isInMessage;
  private boolean isText;
  private @Nullable InflatedLength inflated;
  private long messageBytes;
  private int fragments;
  private int messages;

  /** Where in the bytes at hand the current frame begins. */
  private int frameStart;

  /** What came of a header or control frame that is not here whole. */
  private @Nullable ByteBuf held;

  private @Nullable ByteBuf prefix;
  private @Nullable ByteBuf close;
  private int closeCode;
  private @Nullable Violation violation;
  private boolean isStopping;
  private boolean isCut;

  /**
   * At the beginning of a connection's first frame.
   *
   * @param isMasked whether the sender is a client
   * @param isDeflated whether messages may be compressed
   */
  FrameReader(boolean isMasked, boolean isDeflated, FrameLimits limits, Scheduler clock) {
    this.isMasked = isMasked;
    this.isDeflated = isDeflated;
    this.limits = limits;
    this.clock = clock;
    this.messageRate = rate(limits.messagesPerSecond());
    this.controlRate = rate(limits.controlsPerSecond());
  }

  private static @Nullable Rate rate(int perSecond) {
    return perSecond == 0 ? null : new Rate(perSecond);
  }

  /**
   * Reads on. Afterwards {@link #takePrefix} may go on, and then so many of the bytes that are
   * still to be read: all, unless a frame is not whole, broke a rule, was a close frame, or was the
   * last that was wanted.
   */
  int read(ByteBuf bytes) {
    frameStart = BEFORE;
    completeHeld(bytes);
    int from = bytes.readerIndex();
    int end = bytes.writerIndex();
    int at = from;
    while (at < end && isReading()) {
      at = remaining > 0 ? readPayload(bytes, at, end) : readUnit(bytes, at, end);
    }
    return violation == null ? at - from : retreat(from);
  }

  /** Nothing of a frame that is not to be passed, unless some of it has gone on already. */
  private int retreat(int from) {
    if (frameStart == BEFORE) {
      isCut = true;
      return 0;
    }
    remaining = 0;
    if (frameStart == IN_PREFIX) {
      prefix = released(prefix);
      return 0;
    }
    return frameStart - from;
  }

  private boolean isReading() {
    return violation == null && close == null && held == null && !(isStopping && remaining == 0);
  }

  /** Header or control frame that came in pieces, when the last of them has come. */
  @Nullable ByteBuf takePrefix() {
    ByteBuf taken = prefix;
    prefix = null;
    return taken;
  }

  /** The close frame, with which reading has ended; the caller's. */
  @Nullable ByteBuf takeClose() {
    ByteBuf taken = close;
    isStopping |= taken != null;
    close = null;
    return taken;
  }

  /** What the close frame said. */
  int closeCode() {
    return closeCode;
  }

  /** Why reading has ended; null if it has not, or with a close frame. */
  @Nullable Violation violation() {
    return violation;
  }

  /** Whether what has gone on ends with a whole frame. */
  boolean isBetweenFrames() {
    return remaining == 0 && !isCut;
  }

  /** No frame after the current one is wanted. */
  void stop() {
    isStopping = true;
  }

  /** Messages that have come to their end since this was asked last. */
  int takeMessages() {
    int taken = messages;
    messages = 0;
    return taken;
  }

  /** Frees what is held back. */
  void discard() {
    held = released(held);
    prefix = released(prefix);
    close = released(close);
  }

  private static @Nullable ByteBuf released(@Nullable ByteBuf kept) {
    if (kept != null) {
      kept.release();
    }
    return null;
  }

  private void completeHeld(ByteBuf bytes) {
    ByteBuf unit = held;
    if (unit == null) {
      return;
    }
    int missing = missing(unit);
    while (missing > 0 && bytes.isReadable()) {
      unit.writeBytes(bytes, Math.min(missing, bytes.readableBytes()));
      missing = missing(unit);
    }
    if (missing == 0) {
      held = null;
      frameStart = IN_PREFIX;
      prefix = unit;
      judge(unit, 0, unit.readableBytes());
      if (close != null) {
        prefix = released(unit);
      }
    }
  }

  private static int missing(ByteBuf unit) {
    return Header.unitBytes(unit, 0, unit.readableBytes()) - unit.readableBytes();
  }

  private int readUnit(ByteBuf bytes, int at, int end) {
    frameStart = at;
    int unit = Header.unitBytes(bytes, at, end - at);
    if (unit > end - at) {
      held = Unpooled.buffer(Header.MAX_UNIT_BYTES).writeBytes(bytes, at, end - at);
      return at;
    }
    judge(bytes, at, unit);
    return close == null ? at + unit : at;
  }

  private void judge(ByteBuf bytes, int at, int unit) {
    int first = bytes.getByte(at);
    int second = bytes.getByte(at + 1);
    if (((second & Header.MASKED) != 0) != isMasked) {
      violation = Violation.MASK;
    } else if ((first & Header.CONTROL) != 0) {
      violation = faultOfControl(bytes, at, unit);
    } else if ((first & Header.OPCODE) > Header.BINARY) {
      violation = Violation.OPCODE;
    } else {
      long length = Header.length(bytes, at);
      violation = length < 0 ? Violation.LENGTH : faultOfData(first, length);
      if (violation == null) {
        key = isMasked ? bytes.getInt(at + unit - Header.KEY_BYTES) : 0;
        beginFrame(first, length);
      }
    }
  }

  private @Nullable Violation faultOfData(int first, long length) {
    boolean isFirst = (first & Header.OPCODE) != Header.CONTINUATION;
    int allowed = isDeflated && isFirst ? Header.RESERVED_1 : 0;
    if ((first & Header.RESERVED & ~allowed) != 0) {
      return Violation.RESERVED_BITS;
    }
    if (isFirst == isInMessage) {
      return Violation.CONTINUATION;
    }
    if (length > limits.maxFrameBytes()) {
      return Violation.FRAME_SIZE;
    }
    if (length > limits.maxMessageBytes() - (isFirst ? 0 : messageBytes)) {
      return Violation.MESSAGE_SIZE;
    }
    if (!isFirst && fragments >= limits.maxFragments()) {
      return Violation.FRAGMENTS;
    }
    return isFirst && isTooFast(messageRate) ? Violation.MESSAGE_RATE : null;
  }

  private boolean isTooFast(@Nullable Rate rate) {
    return rate != null && !rate.tryPass(clock.now(TimeUnit.NANOSECONDS));
  }

  private void beginFrame(int first, long length) {
    if ((first & Header.OPCODE) != Header.CONTINUATION) {
      boolean isCompressed = (first & Header.RESERVED_1) != 0;
      isInMessage = true;
      isText = (first & Header.OPCODE) == Header.TEXT && !isCompressed;
      inflated = isCompressed ? new InflatedLength(limits.maxMessageBytes()) : null;
      messageBytes = 0;
      fragments = 0;
      text.reset();
    }
    fragments++;
    messageBytes += length;
    frameBytes = length;
    remaining = length;
    isFinal = (first & Header.FIN) != 0;
    if (length == 0) {
      endFrame();
    }
  }

  private int readPayload(ByteBuf bytes, int at, int end) {
    int to = (int) Math.min(end, at + remaining);
    long offset = frameBytes - remaining;
    if (isText && !text.read(bytes, at, to, key, offset)) {
      violation = Violation.UTF_8;
    } else if (inflated != null) {
      inflated.read(bytes, at, to, key, offset);
      violation = faultOf(inflated);
    }
    if (violation == null) {
      remaining -= to - at;
      if (remaining == 0) {
        endFrame();
      }
    }
    return to;
  }

  private static @Nullable Violation faultOf(InflatedLength message) {
    return message.isTooLong()
        ? Violation.MESSAGE_SIZE
        : message.isInvalid() ? Violation.DEFLATE : null;
  }

  private void endFrame() {
    if (!isFinal) {
      return;
    }
    if (isText && !text.isWhole()) {
      violation = Violation.UTF_8;
    } else if (inflated != null) {
      inflated.end();
      violation = faultOf(inflated);
    }
    inflated = null;
    isInMessage = false;
    messages += violation == null ? 1 : 0;
  }

  private @Nullable Violation faultOfControl(ByteBuf bytes, int at, int unit) {
    int first = bytes.getByte(at);
    int opcode = first & Header.OPCODE;
    if (opcode > Header.PONG) {
      return Violation.OPCODE;
    }
    if ((first & Header.RESERVED) != 0) {
      return Violation.RESERVED_BITS;
    }
    int length = bytes.getByte(at + 1) & Header.LENGTH;
    if ((first & Header.FIN) == 0 || length > Header.MAX_CONTROL) {
      return Violation.CONTROL_FRAME;
    }
    if (opcode == Header.CLOSE) {
      return readClose(bytes, at, unit);
    }
    return isTooFast(controlRate) ? Violation.CONTROL_RATE : null;
  }

  private @Nullable Violation readClose(ByteBuf bytes, int at, int unit) {
    int header = Header.bytes(bytes.getByte(at + 1));
    int mask = isMasked ? bytes.getInt(at + header - Header.KEY_BYTES) : 0;
    Violation fault = CloseCodes.faultOf(bytes, at + header, unit - header, mask);
    if (fault == null) {
      closeCode = CloseCodes.read(bytes, at + header, unit - header, mask);
      close = Unpooled.buffer(unit).writeBytes(bytes, at, unit);
    }
    return fault;
  }
}
