package dev.weir.loop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Body;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A small body is a value, whatever pieces it came in, and each piece has one owner. */
final class HeldPiecesTest {

  private final HeldPieces held = new HeldPieces();
  private final List<ByteBuf> added = new ArrayList<>();

  private void add(String text) {
    ByteBuf piece = ByteBufAllocator.DEFAULT.buffer().writeBytes(text.getBytes(US_ASCII));
    added.add(piece);
    held.add(piece);
  }

  private void assertAllFreed() {
    assertThat(added).allSatisfy(piece -> assertThat(piece.refCnt()).isZero());
  }

  @Test
  void takesNothingForAnEmptyBody() {
    assertThat(held.isEmpty()).isTrue();
    assertThat(held.take()).isSameAs(Body.empty());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 9})
  void makesOneBodyOfAllPieces(int pieces) {
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < pieces; i++) {
      add("piece " + i + ", ");
      expected.append("piece ").append(i).append(", ");
    }

    Body body = held.take();

    assertThat(Objects.requireNonNull(body.held()).toString(US_ASCII)).isEqualTo("" + expected);
    held.release();
    assertThat(added).allSatisfy(piece -> assertThat(piece.refCnt()).isOne());
    body.discard();
    assertAllFreed();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void pushesAllPiecesInTheirOrder(int pieces) {
    for (int i = 0; i < pieces; i++) {
      add("" + i);
    }
    EmbeddedChannel channel = new EmbeddedChannel();
    ByteStream stream = new ByteStream(channel.eventLoop(), new NoSource());

    held.pushTo(stream);
    held.release();
    stream.complete();

    StringBuilder seen = new StringBuilder();
    stream.subscribe(
        bytes -> {
          seen.append(bytes.toString(US_ASCII));
          bytes.release();
        });
    assertThat(seen).hasToString("012".substring(0, pieces));
    assertAllFreed();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void freesAllPiecesOnce(int pieces) {
    for (int i = 0; i < pieces; i++) {
      add("" + i);
    }

    held.release();
    held.release();

    assertAllFreed();
    assertThat(held.take()).isSameAs(Body.empty());
  }

  /** Who has seen content knows so after it has gone on; 100 (Continue) is not sent then. */
  @Test
  void knowsWhatHasComeAfterItWasTaken() {
    add("x");
    held.take().discard();

    assertThat(held.isEmpty()).isFalse();
  }

  @Test
  void isSmallUpTo64Kibibytes() {
    add("x".repeat(60_000));
    add("x".repeat(5_536));
    assertThat(held.isSmall()).isTrue();
    add("x");
    assertThat(held.isSmall()).isFalse();
    held.release();
  }

  private static final class NoSource implements ByteStream.Source {

    @Override
    public void read(boolean isWanted) {}

    @Override
    public void abandoned() {}
  }
}
