package dev.weir.app.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.TextBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LineRingTest {

  private static final int CAPACITY = 1024;

  private final LineRing ring = new LineRing(CAPACITY);
  private final TextBytes text = new TextBytes();

  private boolean offer(String line) {
    TextBytes bytes = new TextBytes();
    bytes.append(line);
    return ring.offer(bytes);
  }

  private String take(int bytes) {
    ring.moveTo(text, bytes);
    ByteBuf taken = Unpooled.buffer();
    text.writeTo(taken);
    text.clear();
    return taken.toString(StandardCharsets.UTF_8);
  }

  @Property(tries = 500)
  void keepsWholeLinesInOrderAndRefusesWhatHasNoRoom(@ForAll long seed) {
    Random random = new Random(seed);
    List<String> kept = new ArrayList<>();
    StringBuilder got = new StringBuilder();
    int held = 0;
    for (int i = 0; i < 200; i++) {
      String line = i + "x".repeat(random.nextInt(random.nextInt(10) == 0 ? 900 : 90)) + "\n";
      boolean fits = held + line.length() <= CAPACITY;
      assertThat(offer(line)).isEqualTo(fits);
      if (fits) {
        kept.add(line);
        held += line.length();
      }
      if (random.nextInt(3) == 0) {
        int wanted = 1 + random.nextInt(200);
        String taken = take(wanted);
        assertThat(taken.isEmpty() || taken.endsWith("\n")).isTrue();
        assertThat(taken.isEmpty()).isEqualTo(held == 0);
        assertThat(taken.length() <= wanted || taken.indexOf('\n') == taken.length() - 1).isTrue();
        held -= taken.length();
        got.append(taken);
      }
    }
    got.append(take(CAPACITY));

    assertThat(got.toString()).isEqualTo(String.join("", kept));
  }

  @Test
  void takesALineThatFillsItAndNoneThatIsLonger() {
    String full = "x".repeat(CAPACITY - 1) + "\n";

    assertThat(offer("x" + full)).isFalse();
    assertThat(offer(full)).isTrue();
    assertThat(offer("\n")).isFalse();
    assertThat(take(10)).isEqualTo(full);
    assertThat(take(10)).isEmpty();
  }

  /** What one thread offers another takes, whole, while more is offered. */
  @Test
  void losesNothingBetweenTwoThreads() throws InterruptedException {
    int lines = 300_000;
    AtomicInteger refused = new AtomicInteger();
    Thread maker =
        new Thread(
            () -> {
              TextBytes line = new TextBytes();
              for (int i = 0; i < lines; i++) {
                line.clear();
                line.appendNumber(i);
                line.appendAscii("-------".substring(i % 7));
                line.append('\n');
                while (!ring.offer(line)) {
                  refused.incrementAndGet();
                  Thread.onSpinWait();
                }
              }
            });
    maker.start();
    int next = 0;
    while (next < lines) {
      String taken = take(300);
      for (String line : taken.lines().toList()) {
        assertThat(line).isEqualTo(next + "-------".substring(next % 7));
        next++;
      }
    }
    maker.join();

    assertThat(refused.get()).isPositive();
    assertThat(take(1)).isEmpty();
  }
}
