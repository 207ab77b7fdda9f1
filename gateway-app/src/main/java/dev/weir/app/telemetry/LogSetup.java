package dev.weir.app.telemetry;

import ch.qos.logback.classic.ClassicConstants;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.Logger;

/**
 * How the program logs, said to Logback in Java: to read it from XML took a tenth of a start. What
 * {@code -Dlogback.configurationFile} names goes before it, and so does the configuration of tests.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {

  /** They tell again what the access log or the metrics tell. */
  private static final String[] SILENT = {
    // A response that broke off is told by its outcome; these would add a stack trace.
    "reactor.netty.http.server.HttpServerOperations",
    "reactor.netty.channel.FluxReceive",
    "reactor.netty.http.client.HttpClientConnect",
    // A node that is gone is tried again and again; the metrics count what that leaves unanswered.
    "io.lettuce.core.protocol.ConnectionWatchdog",
    "io.lettuce.core.protocol.DefaultEndpoint",
    "io.lettuce.core.cluster.topology.DefaultClusterTopologyRefresh"
  };

  private static final String[] FROM_WARN = {"reactor.netty", "io.netty"};

  @Override
  public ExecutionStatus configure(LoggerContext logback) {
    if (isSaidElsewhere()) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    LogAppender appender = new LogAppender();
    appender.setContext(logback);
    appender.setName("LOG");
    appender.start();
    for (String name : SILENT) {
      logback.getLogger(name).setLevel(Level.OFF);
    }
    for (String name : FROM_WARN) {
      logback.getLogger(name).setLevel(Level.WARN);
    }
    ch.qos.logback.classic.Logger root = logback.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(appender);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static boolean isSaidElsewhere() {
    return System.getProperty(ClassicConstants.CONFIG_FILE_PROPERTY) != null
        || LogSetup.class.getClassLoader().getResource(ClassicConstants.TEST_AUTOCONFIG_FILE)
            != null;
  }
}
