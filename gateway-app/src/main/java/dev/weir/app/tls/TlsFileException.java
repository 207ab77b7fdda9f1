package dev.weir.app.tls;

import java.io.IOException;

/**
 * A file of certificates or keys that can't be used; the message says which, why and what to do.
 */
public final class TlsFileException extends IOException {

  private static final long serialVersionUID = 1;

  TlsFileException(String message) {
    super(message);
  }

  TlsFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
