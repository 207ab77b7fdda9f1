package dev.weir.app;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end: a list of steps that all run, in order, even when some fail; what failed is told
 * together. Runs once, on a thread that may wait.
 */
public final class Shutdown {

  private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

  private final List<Step> steps = new ArrayList<>();
  private boolean hasRun;

  private record Step(String name, Action action) {}

  /** What a step does; it may wait, within its own limit. */
  @FunctionalInterface
  public interface Action {
    void run() throws Exception;
  }

  /** Adds a step behind those there are. */
  @CanIgnoreReturnValue
  Shutdown then(String name, Action action) {
    steps.add(new Step(name, action));
    return this;
  }

  /**
   * Runs all steps; a second call does nothing.
   *
   * @return what failed, each named by its step
   */
  synchronized List<String> run() {
    List<String> failures = new ArrayList<>();
    if (hasRun) {
      return failures;
    }
    hasRun = true;
    for (Step step : steps) {
      try {
        LOG.info("shutdown: {}", step.name());
        step.action().run();
      } catch (Exception | LinkageError | AssertionError e) {
        failures.add(step.name() + ": " + e);
        LOG.error("shutdown: {} failed", step.name(), e);
      }
    }
    if (!failures.isEmpty()) {
      LOG.error("shutdown: {} of {} steps failed: {}", failures.size(), steps.size(), failures);
    }
    return failures;
  }
}
