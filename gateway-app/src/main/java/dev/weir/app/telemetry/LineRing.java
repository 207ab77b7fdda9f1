package dev.weir.app.telemetry;

import dev.weir.http.TextBytes;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lines as bytes, on their way from the one thread that makes them to the one that takes them.
 *
 * <p>Both count the bytes since the beginning, each its own; what lies between is in the ring. A
 * count is told when the bytes are in their place, or have been copied from it.
 */
final class LineRing {

  private final byte[] bytes;
  private final int mask;
  private final AtomicLong made = new AtomicLong();
  private final AtomicLong taken = new AtomicLong();

  /** Of that many bytes, or the next lower power of two. */
  LineRing(int maxBytes) {
    this.bytes = new byte[Integer.highestOneBit(maxBytes)];
    this.mask = bytes.length - 1;
  }

  /** Takes all of the line, or nothing, if there is no room. */
  boolean offer(TextBytes line) {
    long from = made.getPlain();
    int count = line.length();
    if (from + count - taken.getAcquire() > bytes.length) {
      return false;
    }
    int start = (int) from & mask;
    int untilEnd = Math.min(count, bytes.length - start);
    line.copyTo(0, bytes, start, untilEnd);
    line.copyTo(untilEnd, bytes, 0, count - untilEnd);
    made.setRelease(from + count);
    return true;
  }

  /** Appends the oldest lines, of at most that many bytes; or one, if that is longer. */
  void moveTo(TextBytes text, int maxBytes) {
    long from = taken.getPlain();
    long to = made.getAcquire();
    if (to - from > maxBytes) {
      to = endOfLine(from, from + maxBytes);
    }
    int count = (int) (to - from);
    int start = (int) from & mask;
    int untilEnd = Math.min(count, bytes.length - start);
    text.append(bytes, start, untilEnd);
    text.append(bytes, 0, count - untilEnd);
    taken.setRelease(to);
  }

  /** The last one up to there; else the first behind it, as there are only whole lines. */
  private long endOfLine(long from, long upTo) {
    long end = upTo;
    while (end > from && !isEnd(end)) {
      end--;
    }
    if (end == from) {
      end = upTo + 1;
      while (!isEnd(end)) {
        end++;
      }
    }
    return end;
  }

  private boolean isEnd(long position) {
    return bytes[(int) (position - 1) & mask] == '\n';
  }
}
