package dev.weir.violations.telemetry;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Asks the operating system for an address. */
public final class LooksUpNames {

  InetAddress looksUp(String name) throws UnknownHostException {
    return InetAddress.getByName(name);
  }
}
