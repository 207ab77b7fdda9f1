package dev.weir.app.config;

import dev.weir.app.config.binding.Doc;
import java.nio.file.Path;

/** A certificate and its key. */
@Doc("A certificate and its key, as files that may change while the gateway runs.")
public record CertificateSettings(
    @Doc("The certificate, and behind it those up to its authority, in PEM.") Path certificate,
    @Doc("Its private key in PEM, not encrypted.") Path key) {}
