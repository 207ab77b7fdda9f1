package dev.weir.app.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.weir.http.TextBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** A line of the program's own log. */
final class LogFormatTest {

  private static String line(Level level, Throwable thrown) {
    LoggerContext logback = new LoggerContext();
    LoggingEvent event =
        new LoggingEvent(
            "caller",
            logback.getLogger("dev.weir.app.Shutdown"),
            level,
            "step={}",
            thrown,
            new Object[] {"drain"});
    event.setTimeStamp(1_700_000_000_020L);
    TextBytes line = new TextBytes();
    new LogFormat().accept(event, line);
    ByteBuf text = Unpooled.buffer();
    line.writeTo(text);
    return text.toString(StandardCharsets.UTF_8);
  }

  @Test
  void hasTimeLevelClassAndMessage() {
    assertThat(line(Level.INFO, null))
        .isEqualTo("2023-11-14T22:13:20.020Z INFO  Shutdown step=drain\n");
    assertThat(line(Level.ERROR, null))
        .isEqualTo("2023-11-14T22:13:20.020Z ERROR Shutdown step=drain\n");
  }

  @Test
  void aStackTraceFollows() {
    Throwable thrown = new IllegalStateException("outer", new IllegalArgumentException("inner"));

    assertThat(line(Level.WARN, thrown).lines())
        .startsWith(
            "2023-11-14T22:13:20.020Z WARN  Shutdown step=drain",
            "java.lang.IllegalStateException: outer")
        .contains("Caused by: java.lang.IllegalArgumentException: inner");
  }

  @Test
  void whatOperatorsNameGoesFirst() {
    LoggerContext logback = new LoggerContext();
    System.setProperty("logback.configurationFile", "other.xml");
    try {
      assertThat(new LogSetup().configure(logback))
          .isEqualTo(LogSetup.ExecutionStatus.INVOKE_NEXT_IF_ANY);
    } finally {
      System.clearProperty("logback.configurationFile");
    }
    assertThat(logback.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders().hasNext())
        .isFalse();
  }
}
