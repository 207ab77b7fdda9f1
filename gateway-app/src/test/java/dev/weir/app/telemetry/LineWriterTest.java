package dev.weir.app.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

final class LineWriterTest {

  private static LineWriter<String> writer(int capacity, OutputStream out) {
    return new LineWriter<>(
        "test", new QueuedLines<>(capacity, (line, text) -> text.append(line + "\n")), out);
  }

  @Test
  void writesEachLineOfAThreadInOrder() throws InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LineWriter<String> writer = writer(1 << 17, out);
    CountDownLatch threads = new CountDownLatch(4);
    for (int i = 0; i < 4; i++) {
      String name = "" + i;
      new Thread(
              () -> {
                for (int j = 0; j < 10_000; j++) {
                  writer.write(name + ":" + j);
                }
                threads.countDown();
              })
          .start();
    }
    assertThat(threads.await(60, TimeUnit.SECONDS)).isTrue();
    writer.close();

    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(40_000);
    assertThat(lines.stream().filter(line -> line.startsWith("2:")).map(line -> line.substring(2)))
        .containsExactlyElementsOf(
            java.util.stream.IntStream.range(0, 10_000).mapToObj(Integer::toString).toList());
    assertThat(writer.dropped()).isZero();
  }

  /** A blocked pipe must not block whoever logs. */
  @Test
  void dropsAndCountsWhatItsReaderDoesNotTake() throws IOException {
    PipedOutputStream blocked = new PipedOutputStream(new PipedInputStream(64));
    LineWriter<String> writer = writer(128, blocked);

    Mono.fromRunnable(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                writer.write("a line that is longer than the pipe takes together with its kin");
              }
            })
        .subscribeOn(Schedulers.parallel())
        .block();

    assertThat(writer.dropped()).isGreaterThan(9_000);
  }

  @Test
  void countsWhatCouldNotBeWritten() {
    LineWriter<String> writer =
        writer(
            128,
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException("no space left");
              }
            });

    writer.write("lost");

    Await.until("the loss is counted", () -> writer.dropped() == 1);
    writer.close();
  }

  @Test
  void writesWhatIsLeftWhenItIsClosedAndNothingAfterwards() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LineWriter<String> writer = writer(128, out);
    writer.write("before");
    writer.close();
    writer.write("after");

    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("before\n");
    assertThat(writer.dropped()).isEqualTo(1);
  }
}
