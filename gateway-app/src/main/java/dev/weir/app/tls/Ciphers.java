package dev.weir.app.tls;

import io.netty.handler.ssl.CipherSuiteFilter;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.util.List;

/**
 * The cipher suites that are spoken: those of TLS 1.3, and of TLS 1.2 the ones with forward secrecy
 * that authenticate what they encrypt. HTTP/2 forbids all others (RFC 9113 §9.2.2).
 */
final class Ciphers {

  static final List<String> ALL =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  static final CipherSuiteFilter FILTER = SupportedCipherSuiteFilter.INSTANCE;

  private Ciphers() {}
}
