package dev.weir.app.tls;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;

/** From when until when a file of certificates can be used. */
public record CertificateTerm(Path file, Instant beginning, Instant end, InstantSource now) {

  /** Whether it can't be used yet, or any more. */
  public boolean isOver() {
    Instant time = now.instant();
    return time.isBefore(beginning) || !time.isBefore(end);
  }

  /** For a person to read. */
  public String problem() {
    return now.instant().isBefore(beginning)
        ? file + ": begins at " + beginning + " only (expected: a certificate that is in force)"
        : file + ": expired at " + end + " (expected: a certificate that is in force)";
  }
}
