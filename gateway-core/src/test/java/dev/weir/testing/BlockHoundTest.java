package dev.weir.testing;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.FileAppender;
import java.io.FileInputStream;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** card.5: BlockHound is on, and catches what it must, on threads that must not block. */
class BlockHoundTest {

  @TempDir private static Path directory;

  @TestFactory
  Stream<DynamicTest> catches() {
    return Stream.of(
        caught("Thread.sleep", () -> Thread.sleep(1)),
        caught("waiting for a latch", () -> new CountDownLatch(1).await(1, TimeUnit.SECONDS)),
        caught("a contended lock", BlockHoundTest::contend),
        caught("FileInputStream", () -> new FileInputStream("/etc/hostname").read()),
        caught("Files.readString", () -> Files.readString(Path.of("/etc/hostname"))),
        caught("Files.list", () -> Files.list(Path.of("/")).close()),
        caught("FileChannel.open", () -> FileChannel.open(Path.of("/etc/hostname")).close()),
        caught("a look-up of a name", () -> InetAddress.getByName("name.invalid")),
        caught("a log line to a file", logLine()),
        caught("a new process", () -> new ProcessBuilder("true").start().waitFor()));
  }

  private static DynamicTest caught(String name, Blocking blocking) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          runOnNonBlockingThread(blocking);

          assertThat(Vigilance.offences())
              .anyMatch(offence -> offence.contains("BlockingOperationError"));
        });
  }

  @Test
  void letsPassWhatDoesNotBlock() {
    runOnNonBlockingThread(() -> new ReentrantLock().lock());

    assertThat(Vigilance.offences()).isEmpty();
  }

  private static void runOnNonBlockingThread(Blocking blocking) {
    Mono.fromCallable(
            () -> {
              blocking.run();
              return "ran";
            })
        .subscribeOn(Schedulers.parallel())
        .onErrorReturn("failed")
        .block();
  }

  private static void contend() throws InterruptedException {
    ReentrantLock lock = new ReentrantLock();
    CountDownLatch isHeld = new CountDownLatch(1);
    CountDownLatch isTried = new CountDownLatch(1);
    Thread holder =
        new Thread(
            () -> {
              lock.lock();
              isHeld.countDown();
              try {
                isTried.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                lock.unlock();
              }
            });
    holder.start();
    while (!lock.isLocked()) {
      // Busy, since this thread must do one thing only that blocks.
      Thread.onSpinWait();
    }
    try {
      lock.lock();
    } finally {
      isTried.countDown();
    }
  }

  /** Started here, since opening the file would be caught in place of the line. */
  private static Blocking logLine() {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%msg%n");
    encoder.start();
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setContext(context);
    appender.setFile(directory.resolve("log").toString());
    appender.setEncoder(encoder);
    appender.start();
    Logger logger = context.getLogger("test");
    logger.addAppender(appender);
    return () -> logger.info("a line");
  }

  @FunctionalInterface
  private interface Blocking {
    void run() throws Exception;
  }
}
