package dev.weir.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Counts what zlib inflates: for what zlib has written, and for what nobody has. */
final class InflatedLengthPropertyTest {

  private static final int KEY = 0x37FA213D;
  private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

  /** In pieces of random sizes, masked. */
  private static InflatedLength read(byte[] message, long max, Random random) {
    byte[] masked = message.clone();
    for (int i = 0; i < masked.length; i++) {
      masked[i] ^= KEY >>> 24 - 8 * (i & 3);
    }
    InflatedLength length = new InflatedLength(max);
    ByteBuf bytes = Unpooled.wrappedBuffer(masked);
    int at = 0;
    while (at < masked.length) {
      int to = Math.min(masked.length, at + 1 + random.nextInt(random.nextBoolean() ? 8 : 5000));
      length.read(bytes, at, to, KEY, at);
      at = to;
    }
    length.end();
    return length;
  }

  private static byte[] content(int size, int alphabet, Random random) {
    byte[] content = new byte[size];
    for (int i = 0; i < size; i++) {
      boolean isRepeated = i > 300 && random.nextInt(4) == 0;
      content[i] =
          isRepeated ? content[i - 1 - random.nextInt(300)] : (byte) random.nextInt(alphabet);
    }
    return content;
  }

  @Property(tries = 300)
  void countsWhatWasCompressed(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 100_000) int size,
      @ForAll @IntRange(min = 1, max = 256) int alphabet,
      @ForAll @IntRange(max = 9) int level,
      @ForAll @IntRange(max = 2) int strategy) {
    Random random = new Random(seed);
    byte[] message = Deflated.message(content(size, alphabet, random), level, strategy);

    InflatedLength length = read(message, Long.MAX_VALUE, random);

    assertThat(length.isInvalid()).isFalse();
    assertThat(length.length()).isEqualTo(size);
  }

  /** The window of earlier messages is not needed to count (RFC 7692 §7.2.3.2). */
  @Property(tries = 50)
  void countsMessagesOfOneWindow(@ForAll long seed) {
    Random random = new Random(seed);
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    byte[] content = content(3_000, 40, random);
    for (int i = 0; i < 5; i++) {
      byte[] message = Deflated.next(deflater, content);
      assertThat(read(message, Long.MAX_VALUE, random).length()).isEqualTo(content.length);
      content = Arrays.copyOf(content, content.length - random.nextInt(500));
    }
    deflater.end();
  }

  @Property(tries = 100)
  void stopsAtTheLimit(@ForAll long seed, @ForAll @IntRange(min = 1, max = 60_000) int size) {
    Random random = new Random(seed);
    byte[] message = Deflated.message(content(size, 20, random));

    assertThat(read(message, size, random).isTooLong()).isFalse();
    assertThat(read(message, size - 1, random).isTooLong()).isTrue();
    assertThat(read(message, size - 1, random).length()).isBetween((long) size, size + 258L);
  }

  /** What is damaged is invalid, or zlib makes as much of it as we do. */
  @Property(tries = 1000)
  void agreesWithZlibAboutGarbage(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 2_000) int size) {
    Random random = new Random(seed);
    byte[] message = Deflated.message(content(size, 60, random));
    int damages = 1 + random.nextInt(3);
    for (int i = 0; i < damages; i++) {
      message[random.nextInt(message.length)] ^= 1 << random.nextInt(8);
    }

    InflatedLength length = read(message, 10_000_000, random);

    if (!length.isInvalid() && !length.isTooLong()) {
      long inflated = inflated(message);
      // Less if zlib saw the end of a stream, or a distance that leads nowhere: it counts no more.
      assertThat(inflated).isLessThanOrEqualTo(length.length());
    }
  }

  private static long inflated(byte[] message) {
    Inflater inflater = new Inflater(true);
    byte[] all = Arrays.copyOf(message, message.length + TAIL.length);
    System.arraycopy(TAIL, 0, all, message.length, TAIL.length);
    inflater.setInput(all);
    byte[] some = new byte[65_536];
    try {
      while (inflater.inflate(some) > 0) {
        continue;
      }
    } catch (DataFormatException e) {
      // As far as it came.
    }
    long count = inflater.getBytesWritten();
    inflater.end();
    return count;
  }
}
