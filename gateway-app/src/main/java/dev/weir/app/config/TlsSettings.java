package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Problems;
import dev.weir.app.config.binding.Range;
import dev.weir.app.config.binding.Size;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The listener that speaks TLS. */
@Doc("A listener that speaks TLS, beside the plain one and with the same routes.")
public record TlsSettings(
    @Doc("Where clients connect.") ListenAddress listen,
    @Doc(
            "What clients are shown: the first certificate that stands for the name they ask for"
                + " (SNI), or else the first of all.")
        @Size(min = 1, max = 1024)
        List<CertificateSettings> certificates,
    @Doc("Whether clients have to show a certificate; if they do, it has to be of `client-ca`.")
        @Default("off")
        ClientCertificates clientCertificates,
    @Doc("The authorities of clients' certificates, in PEM.") @Nullable Path clientCa,
    @Doc("The oldest version that is spoken.") @Default("TLSv1.2") TlsVersion minVersion,
    @Doc("For a handshake to end; then the connection is closed.")
        @Default("10s")
        @Range(min = "100ms", max = "5m")
        Duration handshakeTimeout,
    @Doc("Handshakes at a time; a connection that exceeds this is closed at once.")
        @Default("1000")
        @Range(min = "1", max = "1000000")
        int maxHandshakes,
    @Doc("Sessions that are remembered, so that clients can come back with less work for both.")
        @Default("20000")
        @Range(min = "1", max = "10000000")
        int sessions)
    implements Checked {

  /** Whether clients have to say who they are. */
  public enum ClientCertificates {
    OFF,
    /** They may; a certificate that is shown has to be good. */
    OPTIONAL,
    REQUIRED
  }

  @Override
  public void check(Problems at) {
    if (clientCertificates != ClientCertificates.OFF && clientCa == null) {
      at.report("client-ca", "a file of authorities, since client-certificates is not off");
    }
    if (clientCertificates == ClientCertificates.OFF && clientCa != null) {
      at.report("client-ca", "client-certificates: optional or required beside it");
    }
  }
}
