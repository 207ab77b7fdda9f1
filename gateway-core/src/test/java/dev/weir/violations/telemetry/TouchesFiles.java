package dev.weir.violations.telemetry;

import java.nio.file.Files;
import java.nio.file.Path;

/** Asks a disk. */
public final class TouchesFiles {

  boolean touchesFiles(String name) {
    return Files.exists(Path.of(name));
  }
}
