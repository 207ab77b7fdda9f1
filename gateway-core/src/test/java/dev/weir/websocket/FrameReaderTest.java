package dev.weir.websocket;

import static dev.weir.testing.Frames.BINARY;
import static dev.weir.testing.Frames.CLOSE;
import static dev.weir.testing.Frames.CONTINUATION;
import static dev.weir.testing.Frames.FIN;
import static dev.weir.testing.Frames.PING;
import static dev.weir.testing.Frames.PONG;
import static dev.weir.testing.Frames.RSV1;
import static dev.weir.testing.Frames.TEXT;
import static dev.weir.testing.Frames.client;
import static dev.weir.testing.Frames.clientText;
import static dev.weir.testing.Frames.closing;
import static dev.weir.testing.Frames.header;
import static dev.weir.testing.Frames.joined;
import static dev.weir.testing.Frames.serverText;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.Frames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Rows I1 to I12 of the catalogue of bad inputs: each whole, and split at every byte. */
final class FrameReaderTest {

  private static final int MAX = 1000;
  private static final FrameLimits LIMITS = new FrameLimits(MAX, 2 * MAX, 5, 0, 0);
  private static final byte[] FINE = clientText("fine");
  private static final byte[] NOTHING = {};

  private final Scheduler clock = VirtualTimeScheduler.create();

  /** What became of some bytes. */
  private record Read(byte[] passed, Violation violation, int closeCode, boolean isBetween) {}

  private FrameReader reader(boolean isMasked, boolean isDeflated) {
    return new FrameReader(isMasked, isDeflated, LIMITS, clock);
  }

  private static Read read(FrameReader reader, byte[]... pieces) {
    ByteArrayOutputStream passed = new ByteArrayOutputStream();
    int closeCode = 0;
    for (byte[] piece : pieces) {
      ByteBuf bytes = Unpooled.copiedBuffer(piece);
      int allowed = reader.read(bytes);
      ByteBuf prefix = reader.takePrefix();
      if (prefix != null) {
        passed.writeBytes(ByteBufUtil.getBytes(prefix));
        prefix.release();
      }
      passed.writeBytes(ByteBufUtil.getBytes(bytes, bytes.readerIndex(), allowed));
      ByteBuf close = reader.takeClose();
      if (close != null) {
        closeCode = reader.closeCode();
        close.release();
      }
      bytes.release();
      if (closeCode > 0 || reader.violation() != null) {
        break;
      }
    }
    Violation violation = reader.violation();
    boolean isBetween = reader.isBetweenFrames();
    reader.discard();
    return new Read(passed.toByteArray(), violation, closeCode, isBetween);
  }

  private Stream<Read> everySplit(boolean isMasked, byte[] bytes) {
    return IntStream.range(0, bytes.length)
        .mapToObj(
            at ->
                read(
                    reader(isMasked, false),
                    Arrays.copyOf(bytes, at),
                    Arrays.copyOfRange(bytes, at, bytes.length)));
  }

  /** What breaks a rule, behind what does not. */
  record Bad(String name, Violation violation, byte[] frame) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Bad> bad() {
    byte[] big = new byte[MAX + 1];
    byte[] notShortest = {(byte) 0x82, (byte) 0xFE, 0, 5, 0, 0, 0, 0, 1, 2, 3, 4, 5};
    byte[] notShortest64 = {(byte) 0x82, (byte) 0xFF, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1, 2};
    byte[] negative = {(byte) 0x82, (byte) 0xFF, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    return List.of(
        new Bad("I1 no mask", Violation.MASK, serverText("a")),
        new Bad("I2 RSV1", Violation.RESERVED_BITS, client(FIN | TEXT | RSV1, new byte[3])),
        new Bad("I2 RSV2", Violation.RESERVED_BITS, client(FIN | TEXT | 0x20, new byte[3])),
        new Bad("I2 RSV3", Violation.RESERVED_BITS, client(FIN | TEXT | 0x10, new byte[3])),
        new Bad("I2 RSV1, ping", Violation.RESERVED_BITS, client(FIN | PING | RSV1, NOTHING)),
        new Bad("I3 opcode 3", Violation.OPCODE, client(FIN | 3, NOTHING)),
        new Bad("I3 opcode 7", Violation.OPCODE, client(FIN | 7, new byte[9])),
        new Bad("I3 opcode 11", Violation.OPCODE, client(FIN | 11, NOTHING)),
        new Bad("I3 opcode 15", Violation.OPCODE, client(FIN | 15, new byte[9])),
        new Bad("I4 fragmented ping", Violation.CONTROL_FRAME, client(PING, NOTHING)),
        new Bad("I4 fragmented close", Violation.CONTROL_FRAME, client(CLOSE, NOTHING)),
        new Bad("I4 126 byte ping", Violation.CONTROL_FRAME, client(FIN | PING, new byte[126])),
        new Bad("I5 1 byte close", Violation.CLOSE_FRAME, client(FIN | CLOSE, new byte[1])),
        new Bad("I5 bad reason", Violation.UTF_8, close(ByteBuffer.allocate(4), 0xC328)),
        new Bad("I6 C3 28", Violation.UTF_8, text(0xC3, 0x28)),
        new Bad("I6 surrogate", Violation.UTF_8, text(0xED, 0xA0, 0x80)),
        new Bad("I6 overlong", Violation.UTF_8, text(0xC0, 0xAF)),
        new Bad("I6 beyond Unicode", Violation.UTF_8, text(0xF4, 0x90, 0x80, 0x80)),
        new Bad("I6 unfinished", Violation.UTF_8, text('a', 0xE2, 0x82)),
        new Bad("I7 continuation first", Violation.CONTINUATION, client(FIN, NOTHING)),
        new Bad("I9 frame", Violation.FRAME_SIZE, client(FIN | BINARY, big)),
        new Bad(
            "I9 2^62", Violation.FRAME_SIZE, joined(header(FIN | BINARY, 1L << 62, 0x80), key())),
        new Bad("I9 2^63", Violation.LENGTH, negative),
        new Bad("I10 16 bits", Violation.LENGTH, notShortest),
        new Bad("I10 64 bits", Violation.LENGTH, notShortest64));
  }

  private static byte[] key() {
    return new byte[4];
  }

  private static byte[] close(ByteBuffer payload, int reason) {
    return client(FIN | CLOSE, payload.putShort((short) 1000).putShort((short) reason).array());
  }

  private static byte[] text(int... bytes) {
    byte[] payload = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      payload[i] = (byte) bytes[i];
    }
    return client(FIN | TEXT, payload);
  }

  @ParameterizedTest
  @MethodSource("bad")
  void refusesWhole(Bad bad) {
    Read read = read(reader(true, false), joined(FINE, bad.frame()));

    assertThat(read.violation()).isEqualTo(bad.violation());
    assertThat(read.passed()).isEqualTo(FINE);
    assertThat(read.isBetween()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("bad")
  void refusesHoweverItIsSplit(Bad bad) {
    byte[] bytes = joined(FINE, bad.frame(), FINE);

    assertThat(everySplit(true, bytes))
        .allSatisfy(
            read -> {
              assertThat(read.violation()).isEqualTo(bad.violation());
              // At most what of the frame came before it was known to be bad.
              assertThat(read.passed().length).isBetween(FINE.length, bytes.length - FINE.length);
              assertThat(bytes).startsWith(read.passed());
              assertThat(read.isBetween()).isEqualTo(read.passed().length == FINE.length);
            });
  }

  @Test
  void passesWhatIsRightHoweverItIsSplit() {
    byte[] all =
        joined(
            FINE,
            client(FIN | TEXT, Frames.bytes("κόσμε \uD83D\uDE00 and more than eight bytes")),
            client(TEXT, new byte[] {'a', (byte) 0xE2}),
            client(FIN | PING, Frames.bytes("in between")),
            client(CONTINUATION, new byte[] {(byte) 0x82}),
            client(FIN | CONTINUATION, new byte[] {(byte) 0xAC}),
            client(FIN | BINARY, new byte[MAX]),
            client(FIN | BINARY, NOTHING),
            client(FIN | PONG, new byte[125]));

    assertThat(everySplit(true, all))
        .allSatisfy(
            read -> {
              assertThat(read.violation()).isNull();
              assertThat(read.passed()).isEqualTo(all);
            });
  }

  @Test
  void passesByteByByte() {
    byte[] all = joined(FINE, client(FIN | PING, new byte[9]), client(FIN | BINARY, new byte[300]));
    FrameReader reader = reader(true, false);
    byte[][] pieces = new byte[all.length][1];
    for (int i = 0; i < all.length; i++) {
      pieces[i][0] = all[i];
    }

    assertThat(read(reader, pieces).passed()).isEqualTo(all);
    assertThat(reader.takeMessages()).isEqualTo(2);
  }

  @Test
  void refusesAMaskFromAnUpstream() {
    assertThat(read(reader(false, false), FINE).violation()).isEqualTo(Violation.MASK);
    assertThat(read(reader(false, false), serverText("a")).passed()).isEqualTo(serverText("a"));
  }

  @Test
  void refusesANewMessageInsideOfOne() {
    byte[] begun = client(TEXT, NOTHING);

    Read read = read(reader(true, false), joined(begun, FINE));

    assertThat(read.violation()).isEqualTo(Violation.CONTINUATION);
    assertThat(read.passed()).isEqualTo(begun);
  }

  /** I6: at the first byte that no text could go on with. */
  @Test
  void refusesTextBeforeItsFrameIsWhole() {
    byte[] frame = client(FIN | TEXT, new byte[] {'a', 'b', (byte) 0xFF, 'c', 'd'});

    Read read = read(reader(true, false), Arrays.copyOf(frame, frame.length - 2));

    assertThat(read.violation()).isEqualTo(Violation.UTF_8);
  }

  /** I11: by the message's limit, wherever its frames end. */
  @Test
  void boundsAMessageOfManyFrames() {
    byte[] part = client(BINARY, new byte[MAX]);
    byte[] more = client(CONTINUATION, new byte[MAX]);

    Read read = read(reader(true, false), joined(part, more, client(CONTINUATION, new byte[1])));

    assertThat(read.violation()).isEqualTo(Violation.MESSAGE_SIZE);
    assertThat(read.passed()).isEqualTo(joined(part, more));
  }

  /** I12. */
  @Test
  void boundsTheFragmentsOfAMessage() {
    byte[] empty = client(CONTINUATION, NOTHING);
    byte[] allowed = joined(client(TEXT, NOTHING), empty, empty, empty, empty);

    Read read = read(reader(true, false), joined(allowed, empty));

    assertThat(read.violation()).isEqualTo(Violation.FRAGMENTS);
    assertThat(read.passed()).isEqualTo(allowed);
  }

  /** I14, and messages likewise. */
  @Test
  void boundsWhatComesInASecond() {
    FrameLimits limits = new FrameLimits(MAX, MAX, 5, 3, 2);
    byte[] ping = client(FIN | PING, NOTHING);

    Read pings = read(new FrameReader(true, false, limits, clock), joined(ping, ping, ping));
    Read texts = read(new FrameReader(true, false, limits, clock), joined(FINE, FINE, FINE, FINE));

    assertThat(pings.violation()).isEqualTo(Violation.CONTROL_RATE);
    assertThat(pings.passed()).isEqualTo(joined(ping, ping));
    assertThat(texts.violation()).isEqualTo(Violation.MESSAGE_RATE);
    assertThat(texts.passed()).isEqualTo(joined(FINE, FINE, FINE));
  }

  @Test
  void knowsTheCodesThatMayBeSent() {
    for (int code = 0; code < 5100; code++) {
      boolean isAllowed =
          List.of(1000, 1001, 1002, 1003).contains(code)
              || code >= 1007 && code <= 1014
              || code >= 3000 && code <= 4999;
      Read read = read(reader(true, false), client(FIN | CLOSE, closing(code, "why")));
      assertThat(read.closeCode()).as("%d", code).isEqualTo(isAllowed ? code : 0);
      assertThat(read.violation()).isEqualTo(isAllowed ? null : Violation.CLOSE_FRAME);
    }
  }

  @Test
  void passesNothingBehindAClose() {
    byte[] bytes = joined(FINE, client(FIN | CLOSE, closing(4000, "bye")), FINE);

    assertThat(everySplit(true, bytes))
        .allSatisfy(
            read -> {
              assertThat(read.closeCode()).isEqualTo(4000);
              assertThat(read.passed()).isEqualTo(FINE);
            });
  }

  @Test
  void endsWithTheFrameThatIsOnItsWay() {
    FrameReader reader = reader(true, false);
    byte[] long1 = client(FIN | BINARY, new byte[100]);
    assertThat(read(reader, Arrays.copyOf(long1, 50)).passed()).hasSize(50);

    reader.stop();
    byte[] rest = Arrays.copyOfRange(long1, 50, long1.length);
    Read read = read(reader, joined(rest, FINE));

    assertThat(read.passed()).isEqualTo(rest);
    assertThat(read.isBetween()).isTrue();
  }

  /** I13: by what it inflates to, whatever its frames are. */
  @Test
  void boundsWhatACompressedMessageInflatesTo() {
    byte[] bomb = Deflated.message(new byte[2 * MAX + 1]);
    byte[] fits = Deflated.message(new byte[2 * MAX]);
    assertThat(bomb).hasSizeLessThan(50);

    Read refused = read(reader(true, true), client(FIN | BINARY | RSV1, bomb));
    Read passed = read(reader(true, true), client(FIN | BINARY | RSV1, fits));

    assertThat(refused.violation()).isEqualTo(Violation.MESSAGE_SIZE);
    assertThat(refused.isBetween()).isTrue();
    assertThat(passed.violation()).isNull();
  }

  @Test
  void refusesWhatCannotBeInflated() {
    byte[] frame = client(FIN | BINARY | RSV1, new byte[] {(byte) 0xFF, 1, 2, 3});

    assertThat(read(reader(true, true), frame).violation()).isEqualTo(Violation.DEFLATE);
  }

  @Test
  void takesTheCompressionBitOnAMessagesFirstFrameOnly() {
    byte[] first = client(TEXT | RSV1, NOTHING);
    byte[] second = client(FIN | CONTINUATION | RSV1, new byte[1]);

    Read read = read(reader(true, true), joined(first, second));

    assertThat(read.violation()).isEqualTo(Violation.RESERVED_BITS);
    assertThat(read.passed()).isEqualTo(first);
  }
}
