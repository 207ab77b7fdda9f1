package dev.weir.app.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Logback's way to {@link LineWriter}: its own appenders write, or take a lock, on the thread that
 * logs. Writes to the standard error stream, so that the access log can have the other.
 */
public final class LogAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

  private static final int CAPACITY = 4096;

  private @Nullable LineWriter<ILoggingEvent> writer;

  @Override
  public void start() {
    writer =
        new LineWriter<>(
            "weir-log",
            new QueuedLines<>(CAPACITY, new LogFormat()),
            new FileOutputStream(FileDescriptor.err));
    super.start();
  }

  @Override
  protected void append(ILoggingEvent event) {
    event.prepareForDeferredProcessing();
    if (writer != null) {
      writer.write(event);
    }
  }

  @Override
  public void stop() {
    super.stop();
    if (writer != null) {
      writer.close();
    }
  }
}
