package dev.weir.app.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.TextBytes;
import dev.weir.loop.EventLoops;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LoopLinesTest {

  private static final int LOOP_BYTES = 64;

  private final EventLoops loops = new EventLoops("test", 2, false);
  private final LoopLines<String> lines = new LoopLines<>(LOOP_BYTES, LoopLinesTest::format);
  private final TextBytes text = new TextBytes();

  private static BiConsumer<String, TextBytes> format() {
    return (line, text) -> text.append(line + "\n");
  }

  @AfterEach
  void close() {
    loops.close().block(Duration.ofSeconds(30));
  }

  private boolean offer(int loop, String line) {
    EventLoop own = loops.all().get(loop);
    return own.submit(() -> lines.offer(line)).syncUninterruptibly().getNow();
  }

  private String take() {
    lines.moveTo(text, LOOP_BYTES);
    ByteBuf taken = Unpooled.buffer();
    text.writeTo(taken);
    text.clear();
    return taken.toString(StandardCharsets.UTF_8);
  }

  @Test
  void readsEachLoopInItsTurn() {
    offer(0, "first of one");
    offer(1, "first of the other");
    offer(0, "second of one");

    List<String> batches = List.of(take(), take(), take());

    assertThat(batches)
        .containsExactlyInAnyOrder("first of one\nsecond of one\n", "first of the other\n", "");
    assertThat(batches.get(2)).isEmpty();
  }

  /** One that says too much loses what is its own. */
  @Test
  void hasRoomForEachLoop() {
    String half = "x".repeat(LOOP_BYTES / 2 - 1);

    assertThat(offer(0, half)).isTrue();
    assertThat(offer(0, half)).isTrue();
    assertThat(offer(0, half)).isFalse();
    assertThat(offer(1, half)).isTrue();
    assertThat(take() + take()).hasSize(3 * LOOP_BYTES / 2);
    assertThat(offer(0, half)).isTrue();
  }
}
