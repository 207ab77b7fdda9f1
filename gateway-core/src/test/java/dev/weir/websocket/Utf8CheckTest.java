package dev.weir.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The JDK's decoder says the same. */
final class Utf8CheckTest {

  private static boolean isText(byte[] text, int key, int cut) {
    byte[] masked = text.clone();
    for (int i = 0; i < masked.length; i++) {
      masked[i] ^= key >>> 24 - 8 * (i & 3);
    }
    ByteBuf bytes = Unpooled.wrappedBuffer(masked);
    Utf8Check check = new Utf8Check();
    return check.read(bytes, 0, cut, key, 0)
        && check.read(bytes, cut, text.length, key, cut)
        && check.isWhole();
  }

  private static boolean isDecoded(byte[] text) {
    try {
      var unused = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** All of one and two bytes, and many of three and four. */
  @Test
  void agreesAboutSequences() {
    Random random = new Random(1);
    for (int i = 0; i < 0x20000; i++) {
      int more = random.nextInt();
      byte[] two = {(byte) (i >> 8), (byte) i};
      byte[] four = {(byte) (i >> 8 | 0xE0), (byte) i, (byte) more, (byte) (more >> 8 | 0x80)};
      assertThat(isText(two, more, i % 3)).as("%x", i).isEqualTo(isDecoded(two));
      assertThat(isText(four, more, i % 5)).as("%x %x", i, more).isEqualTo(isDecoded(four));
    }
  }

  @Test
  void agreesAboutTextsThatWereDamaged() {
    Random random = new Random(2);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(40); j >= 0; j--) {
        int bound = random.nextInt(3) == 0 ? 0x110000 : 0x80;
        int character = random.nextInt(bound);
        text.appendCodePoint(character >= 0xD800 && character < 0xE000 ? 'x' : character);
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      int cut = random.nextInt(bytes.length);
      assertThat(isText(bytes, random.nextInt(), cut)).isTrue();
      bytes[random.nextInt(bytes.length)] ^= 1 << random.nextInt(8);
      assertThat(isText(bytes, random.nextInt(), cut)).isEqualTo(isDecoded(bytes));
    }
  }
}
