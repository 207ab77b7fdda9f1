package dev.weir.violations.telemetry;

import java.io.IOException;
import java.net.Socket;

/** Connects, and waits until it has. */
public final class OpensSockets {

  void opensSockets(String host) throws IOException {
    new Socket(host, 80).close();
  }
}
