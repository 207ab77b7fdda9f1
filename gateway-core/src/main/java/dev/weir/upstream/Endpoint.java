package dev.weir.upstream;

import dev.weir.http.Authority;
import java.util.concurrent.atomic.AtomicInteger;

/** One host and port that serves what its upstream serves, and how many attempts are with it. */
public final class Endpoint {

  private final boolean isSecure;
  private final Authority authority;
  private final String name;
  private final AtomicInteger inFlight = new AtomicInteger();

  /**
   * An endpoint that nobody is with.
   *
   * @param scheme {@code http} or {@code https}
   */
  public Endpoint(String scheme, Authority authority) {
    this.isSecure = scheme.equals("https");
    this.authority = authority;
    this.name = scheme + "://" + authority;
  }

  /** Whether it is spoken to over TLS. */
  public boolean isSecure() {
    return isSecure;
  }

  public Authority authority() {
    return authority;
  }

  public int port() {
    return authority.portOr(isSecure ? 443 : 80);
  }

  public int inFlight() {
    return inFlight.get();
  }

  void begin() {
    inFlight.incrementAndGet();
  }

  void end() {
    inFlight.decrementAndGet();
  }

  /** As in the configuration: {@code http://10.0.0.7:8080}. */
  @Override
  public String toString() {
    return name;
  }
}
