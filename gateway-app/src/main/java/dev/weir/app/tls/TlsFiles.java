package dev.weir.app.tls;

import dev.weir.telemetry.Event;
import dev.weir.telemetry.Telemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All contexts that are made of files, and the thread that looks whether the files have changed. It
 * looks instead of being told, since that also sees directories that are swapped as a whole, as
 * orchestrators do, and file systems that tell nobody.
 */
public final class TlsFiles implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);

  private final Telemetry telemetry;
  private final List<FileContext> contexts = new ArrayList<>();
  private final ScheduledExecutorService thread;

  public TlsFiles(Telemetry telemetry) {
    this.telemetry = telemetry;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread created = new Thread(task, "weir-tls-files");
              created.setDaemon(true);
              return created;
            });
  }

  /**
   * Makes a context of files; blocks. Only before {@link #watch}.
   *
   * @param name out of the configuration, for the log and metrics
   * @throws TlsFileException if one of the files can't be used
   */
  public FileContext open(String name, List<Path> files, FileContext.Maker maker)
      throws TlsFileException {
    FileContext context = new FileContext(name, files, maker);
    context.certificates().forEach(certificate -> warnOfEnd(name, certificate));
    contexts.add(context);
    return context;
  }

  /** Looks at the files from now on, that often. */
  public void watch(Duration interval) {
    if (!contexts.isEmpty()) {
      long millis = interval.toMillis();
      var unused =
          thread.scheduleWithFixedDelay(
              () -> contexts.forEach(this::look), millis, millis, TimeUnit.MILLISECONDS);
    }
  }

  /** Nothing that goes wrong with one context may end the watch over the others. */
  private void look(FileContext context) {
    try {
      if (context.renew()) {
        telemetry.count(Event.CERTIFICATES_RENEWED, context.name());
        LOG.info("{}: certificates and keys have changed, and are in use", context.name());
        context.certificates().forEach(certificate -> warnOfEnd(context.name(), certificate));
      }
    } catch (TlsFileException | RuntimeException e) {
      telemetry.count(Event.CERTIFICATES_REFUSED, context.name());
      LOG.warn(
          "{}: files have changed and can't be used, the old ones remain in use: {}",
          context.name(),
          e.getMessage());
    }
  }

  private static void warnOfEnd(String name, CertificateTerm certificate) {
    if (certificate.isOver()) {
      LOG.warn("{}: {}", name, certificate.problem());
    }
  }

  public List<FileContext> contexts() {
    return List.copyOf(contexts);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
