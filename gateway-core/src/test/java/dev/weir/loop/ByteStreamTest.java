package dev.weir.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.BaseSubscriber;

/** Bytes that wait for whoever reads them. */
final class ByteStreamTest {

  private final EventLoop loop = new EmbeddedChannel().eventLoop();
  private final List<Boolean> told = new ArrayList<>();
  private final ByteStream stream =
      new ByteStream(
          loop,
          new ByteStream.Source() {
            @Override
            public void read(boolean isWanted) {
              told.add(isWanted);
            }

            @Override
            public void abandoned() {}
          });

  private static ByteBuf piece(byte[] bytes) {
    return PooledByteBufAllocator.DEFAULT.buffer(bytes.length).writeBytes(bytes);
  }

  /** Reads all; what came, and in how many pieces. */
  private int readTo(ByteArrayOutputStream bytes) {
    List<Integer> lengths = new ArrayList<>();
    stream.subscribe(
        new BaseSubscriber<ByteBuf>() {
          @Override
          protected void hookOnNext(ByteBuf piece) {
            byte[] content = new byte[piece.readableBytes()];
            piece.readBytes(content);
            piece.release();
            bytes.writeBytes(content);
            lengths.add(content.length);
          }
        });
    return lengths.size();
  }

  /** P23: 10 bytes on the wire for each in a frame of its own, and an object for each of these. */
  @Test
  void keepsSmallPiecesTogether() {
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    for (int i = 0; i < 60_000; i++) {
      byte[] one = {(byte) i};
      expected.writeBytes(one);
      stream.push(piece(one));
    }
    assertThat(told).isEmpty();

    assertThat(readTo(read)).isLessThan(12);
    assertThat(read.toByteArray()).isEqualTo(expected.toByteArray());
  }

  @Test
  void keepsTheOrderWhateverTheirSize() {
    Random random = new Random(1);
    for (int round = 0; round < 50; round++) {
      ByteStream mixed = round == 0 ? stream : new ByteStream(loop, new NoSource());
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      Asking reader = new Asking(read);
      mixed.subscribe(reader);
      for (int i = 0; i < 200; i++) {
        byte[] bytes = new byte[1 + random.nextInt(random.nextBoolean() ? 10 : 2_000)];
        random.nextBytes(bytes);
        expected.writeBytes(bytes);
        mixed.push(piece(bytes));
        if (random.nextInt(3) == 0) {
          reader.request(1 + random.nextInt(4));
        }
      }
      mixed.complete();
      reader.request(Long.MAX_VALUE);
      assertThat(read.toByteArray()).as("round " + round).isEqualTo(expected.toByteArray());
    }
  }

  @Test
  void freesWhatNobodyReads() {
    for (int i = 0; i < 1000; i++) {
      stream.push(piece(new byte[1 + i]));
    }
    stream.cancel();
    assertThat(told).contains(false);
  }

  /** To stop and start reading would be two system calls, for nothing. */
  @Test
  void isNotStoppedForABeginningThatIsTakenAtOnce() {
    stream.begin(piece(new byte[ByteStream.MAX_PIECE_BYTES]));
    stream.begin(piece(new byte[ByteStream.MAX_PIECE_BYTES]));
    stream.begin(piece(new byte[1]));
    readTo(new ByteArrayOutputStream());
    stream.pauseIfFull();

    assertThat(told).isEmpty();
    stream.cancel();
  }

  @Test
  void isStoppedForABeginningThatNobodyTakes() {
    stream.begin(piece(new byte[ByteStream.MAX_PIECE_BYTES]));
    stream.begin(piece(new byte[ByteStream.MAX_PIECE_BYTES]));
    stream.pauseIfFull();
    assertThat(told).isEmpty();

    stream.begin(piece(new byte[1]));
    stream.pauseIfFull();
    stream.pauseIfFull();
    assertThat(told).containsExactly(false);

    readTo(new ByteArrayOutputStream());
    assertThat(told).containsExactly(false, true);
    stream.cancel();
  }

  @Test
  void wantsNothingBeforeItIsReadIfItWasPausedUntilThen() {
    List<String> heard = new ArrayList<>();
    ByteStream paused = ByteStream.pausedUntilRead(loop, new Heard(heard));
    paused.push(piece(new byte[10]));
    Asking reader = new Asking(new ByteArrayOutputStream());
    paused.subscribe(reader);
    assertThat(heard).isEmpty();
    reader.request(1);
    assertThat(heard).containsExactly("read on");
    paused.push(piece(new byte[10]));
    paused.complete();
    assertThat(heard).containsExactly("read on");
    reader.request(1);
    assertThat(heard).containsExactly("read on", "finished");

    heard.clear();
    ByteStream.pausedUntilRead(loop, new Heard(heard))
        .subscribe(new Asking(new ByteArrayOutputStream()));
    assertThat(heard).containsExactly("read on");
  }

  @Test
  void tellsThatNobodyReadsTheRest() {
    List<String> heard = new ArrayList<>();
    ByteStream left = ByteStream.pausedUntilRead(loop, new Heard(heard));
    left.push(piece(new byte[10]));
    left.cancel();
    left.cancel();
    assertThat(heard).containsExactly("abandoned");

    heard.clear();
    ByteStream leftAtTheEnd = ByteStream.pausedUntilRead(loop, new Heard(heard));
    leftAtTheEnd.push(piece(new byte[10]));
    leftAtTheEnd.complete();
    leftAtTheEnd.cancel();
    leftAtTheEnd.cancel();
    assertThat(heard).containsExactly("finished");
  }

  private record Heard(List<String> words) implements ByteStream.Source {
    @Override
    public void read(boolean isWanted) {
      words.add(isWanted ? "read on" : "pause");
    }

    @Override
    public void abandoned() {
      words.add("abandoned");
    }

    @Override
    public void finished() {
      words.add("finished");
    }
  }

  private static final class NoSource implements ByteStream.Source {
    @Override
    public void read(boolean isWanted) {}

    @Override
    public void abandoned() {}
  }

  /** Takes as much as it is told to. */
  private static final class Asking extends BaseSubscriber<ByteBuf> {

    private final ByteArrayOutputStream read;

    Asking(ByteArrayOutputStream read) {
      this.read = read;
    }

    @Override
    protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {}

    @Override
    protected void hookOnNext(ByteBuf piece) {
      byte[] content = new byte[piece.readableBytes()];
      piece.readBytes(content);
      piece.release();
      read.writeBytes(content);
    }
  }
}
