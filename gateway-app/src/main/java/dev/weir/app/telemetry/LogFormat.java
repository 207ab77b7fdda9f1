package dev.weir.app.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import dev.weir.http.TextBytes;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.function.BiConsumer;

/**
 * Time (RFC 3339, to the millisecond), level, class without its package and message, on one line; a
 * stack trace on more.
 */
final class LogFormat implements BiConsumer<ILoggingEvent, TextBytes> {

  private static final int LEVEL_WIDTH = 5;

  private final DateTimeFormatter time =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  @Override
  public void accept(ILoggingEvent event, TextBytes bytes) {
    StringBuilder line = new StringBuilder();
    time.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
    String level = event.getLevel().toString();
    line.append(' ').append(level).append(" ".repeat(LEVEL_WIDTH + 1 - level.length()));
    String logger = event.getLoggerName();
    line.append(logger, logger.lastIndexOf('.') + 1, logger.length());
    line.append(' ').append(event.getFormattedMessage()).append('\n');
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      line.append(ThrowableProxyUtil.asString(thrown));
    }
    bytes.append(line.toString());
  }
}
