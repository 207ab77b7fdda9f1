package dev.weir.app.tls;

import dev.weir.http.Authority;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The certificate that a client was shown because it asked for a name (RFC 6066 §3), and with it
 * the hosts that it may ask for on that connection.
 */
public final class ChosenCertificate {

  private final String askedFor;
  private final List<String> names;

  private ChosenCertificate(String askedFor, List<String> names) {
    this.askedFor = askedFor;
    this.names = names;
  }

  /**
   * That of a handshake; null if the client named no host, or none that we have a certificate for:
   * it was shown the first one then, and what it makes of that is its own business.
   */
  public static @Nullable ChosenCertificate of(SSLSession session) {
    String askedFor = nameAskedFor(session);
    Certificate[] own = session.getLocalCertificates();
    if (askedFor == null
        || own == null
        || own.length == 0
        || !(own[0] instanceof X509Certificate leaf)) {
      return null;
    }
    List<String> names = KeyedCertificate.namesOf(leaf);
    return KeyedCertificate.standFor(names, askedFor)
        ? new ChosenCertificate(askedFor, names)
        : null;
  }

  /** In lower case. */
  static @Nullable String nameAskedFor(@Nullable SSLSession session) {
    if (session instanceof ExtendedSSLSession extended) {
      for (SNIServerName name : extended.getRequestedServerNames()) {
        if (name instanceof SNIHostName host) {
          return host.getAsciiName().toLowerCase(Locale.ROOT);
        }
      }
    }
    return null;
  }

  /** Whether it stands for that host; the port is none of its business. */
  public boolean standsFor(Authority authority) {
    String host = authority.host();
    return host.equals(askedFor) || KeyedCertificate.standFor(names, host);
  }
}
