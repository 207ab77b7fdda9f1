package dev.weir.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Hooks;

/**
 * Watches for what must never happen in any test: a blocked event loop, a leaked buffer, an error
 * or value that nobody received, a warning that nobody expected.
 */
public final class Vigilance {

  private static final Queue<String> OFFENCES = new ConcurrentLinkedQueue<>();
  private static final Queue<Pattern> EXPECTED = new ConcurrentLinkedQueue<>();

  static {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new RecordingFactory());
    Hooks.onErrorDropped(error -> record("dropped an error", error));
    Hooks.onNextDropped(value -> record("dropped a value: " + value, new Throwable()));
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    RecordingAppender appender = new RecordingAppender();
    appender.setContext(root.getLoggerContext());
    appender.start();
    root.addAppender(appender);
  }

  private Vigilance() {}

  static void start() {
    // Loading the class is all it takes.
  }

  static void record(String what, Throwable where) {
    StringWriter text = new StringWriter();
    where.printStackTrace(new PrintWriter(text));
    offend(what + "\n" + text);
  }

  private static void offend(String offence) {
    OFFENCES.add(offence);
  }

  /** The test that runs will cause offences that match, and wants them; until it ends. */
  public static void expect(String regex) {
    EXPECTED.add(Pattern.compile(regex, Pattern.DOTALL));
  }

  /** Takes what was recorded, but for what was expected. */
  public static List<String> offences() {
    List<String> unexpected = new ArrayList<>();
    for (String offence = OFFENCES.poll(); offence != null; offence = OFFENCES.poll()) {
      String found = offence;
      if (EXPECTED.stream().noneMatch(pattern -> pattern.matcher(found).find())) {
        unexpected.add(found);
      }
    }
    return unexpected;
  }

  /** Fails if anything happened that must not. */
  static void check() {
    List<String> unexpected = offences();
    EXPECTED.clear();
    if (!unexpected.isEmpty()) {
      throw new AssertionError(String.join("\n", unexpected));
    }
  }

  /**
   * Makes the detector look: it reports a leak when the buffer has been collected and another is
   * allocated.
   */
  static void collectLeaks() {
    for (int i = 0; i < 3; i++) {
      System.gc();
      System.runFinalization();
      for (int j = 0; j < 10; j++) {
        PooledByteBufAllocator.DEFAULT.directBuffer(8).release();
        PooledByteBufAllocator.DEFAULT.heapBuffer(8).release();
      }
    }
  }

  private static final class RecordingFactory extends ResourceLeakDetectorFactory {
    @Override
    @SuppressWarnings("deprecation")
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      return new RecordingDetector<>(resource, samplingInterval);
    }
  }

  private static final class RecordingDetector<T> extends ResourceLeakDetector<T> {
    RecordingDetector(Class<?> resource, int samplingInterval) {
      super(resource, samplingInterval);
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      offend("leaked a " + resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      offend("leaked a " + resourceType);
    }
  }

  private static final class RecordingAppender extends AppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      // That a loop was late is no offence of a test: on a busy machine any of them can be.
      boolean isOfMachine = event.getLoggerName().equals("dev.weir.loop.LoopWatch");
      if (event.getLevel().isGreaterOrEqual(Level.WARN) && !isOfMachine) {
        offend(
            "logged "
                + event.getLevel()
                + " "
                + event.getLoggerName()
                + ": "
                + event.getFormattedMessage());
      }
    }
  }
}
