package dev.weir.app;

import dev.weir.app.config.RedisSettings;
import dev.weir.app.config.RedisTlsSettings;
import dev.weir.app.config.Settings;
import dev.weir.app.config.TlsSettings;
import dev.weir.app.config.UpstreamSettings;
import dev.weir.app.tls.CertificateTerm;
import dev.weir.app.tls.ClientTls;
import dev.weir.app.tls.FileContext;
import dev.weir.app.tls.RedisTls;
import dev.weir.app.tls.ServerTls;
import dev.weir.app.tls.TlsFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Says what is wrong with the files of certificates and keys that a configuration names. A
 * certificate that has expired is a problem here; a gateway that runs goes on with it and
 * complains.
 */
final class TlsCheck {

  private final List<String> problems = new ArrayList<>();

  private TlsCheck() {}

  /** Reads all of them; blocks. */
  static List<String> problems(Settings settings) {
    TlsCheck check = new TlsCheck();
    TlsSettings tls = settings.tls();
    if (tls != null) {
      check.look("tls", () -> ServerTls.make(tls, List.of("http/1.1")));
    }
    for (Map.Entry<String, UpstreamSettings> upstream : settings.upstreams().entrySet()) {
      String key = "upstreams." + upstream.getKey() + ".tls";
      check.look(key, () -> ClientTls.make(upstream.getValue().tls()));
    }
    RedisSettings redis = settings.redis();
    RedisTlsSettings ofRedis = redis == null ? null : redis.tls().on();
    if (ofRedis != null) {
      check.lookAt(ofRedis);
    }
    return check.problems;
  }

  private void lookAt(RedisTlsSettings redis) {
    try {
      var unused = RedisTls.make(redis);
    } catch (TlsFileException e) {
      problems.add("redis.tls: " + e.getMessage());
    }
  }

  private void look(String key, FileContext.Maker maker) {
    try {
      maker.make().certificates().stream()
          .filter(CertificateTerm::isOver)
          .forEach(certificate -> problems.add(key + ": " + certificate.problem()));
    } catch (TlsFileException e) {
      problems.add(key + ": " + e.getMessage());
    }
  }
}
