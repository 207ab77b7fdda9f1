package dev.weir.app.config;

import dev.weir.app.config.binding.Nearest;
import dev.weir.app.config.binding.ScalarType;
import dev.weir.http.Authority;
import dev.weir.http.IpRange;
import dev.weir.route.PathPattern;
import dev.weir.upstream.Upstream.HostField;
import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The kinds of single values that are a gateway's own. */
final class SettingTypes {

  private static final String METHOD = "[A-Z][A-Z0-9_-]{0,31}";
  private static final Pattern METHOD_PATTERN = Pattern.compile(METHOD);
  private static final List<String> HOST_FIELD_WORDS = List.of("preserve", "endpoint");

  static final List<ScalarType<?>> ALL =
      List.of(
          ByteSize.TYPE,
          Percent.TYPE,
          ListenAddress.TYPE,
          EndpointUrl.TYPE,
          HostPattern.TYPE,
          LogDestination.TYPE,
          FilePath.TYPE,
          TlsVersion.TYPE,
          RateKeyPart.TYPE,
          RedisNode.TYPE,
          ipRange(),
          pathPattern(),
          method(),
          hostField());

  private SettingTypes() {}

  private static ScalarType<IpRange> ipRange() {
    return new ScalarType<>(
        IpRange.class,
        "range",
        "an address or a range",
        "like 10.0.0.0/8 or fd00::/8, without bits behind the prefix",
        "An IP address, or a range of them: `10.0.0.0/8`, `fd00::/8`, `192.0.2.1`.",
        new ScalarType.Form.Matching("[0-9A-Fa-f:.]+(/[0-9]{1,3})?"),
        IpRange::parse);
  }

  private static ScalarType<PathPattern> pathPattern() {
    return new ScalarType<>(
        PathPattern.class,
        "path",
        "a path",
        "like /orders, /orders/{id}, /static/* or /files/{*rest}",
        "`/orders` is that path alone; `{id}` stands for any one segment; `/static/*` takes"
            + " `/static` and all below it; `/files/{*rest}` all below `/files/`, as one parameter.",
        new ScalarType.Form.Matching("/.*"),
        PathPattern::parse);
  }

  private static ScalarType<HttpMethod> method() {
    return new ScalarType<>(
        HttpMethod.class,
        "method",
        "a method",
        "in capital letters, like GET",
        "A method of HTTP in capital letters: `GET`.",
        new ScalarType.Form.Matching(METHOD),
        text -> METHOD_PATTERN.matcher(text).matches() ? HttpMethod.valueOf(text) : null);
  }

  private static ScalarType<HostField> hostField() {
    return new ScalarType<>(
        HostField.class,
        "host field",
        "preserve, endpoint",
        "or a host name",
        "`preserve` for the host that the client asked for, `endpoint` for that of the endpoint, or"
            + " a host name (and port) to send always.",
        new ScalarType.Form.Matching("[A-Za-z0-9._:\\[\\]-]+"),
        SettingTypes::readHostField);
  }

  private static @Nullable HostField readHostField(String text) {
    if (text.equals("preserve")) {
      return new HostField.Preserved();
    }
    if (text.equals("endpoint")) {
      return new HostField.OfEndpoint();
    }
    String word = Nearest.to(text, HOST_FIELD_WORDS);
    if (word != null) {
      // "preserv" would be a host name, and every request would go out with it.
      throw new IllegalArgumentException(
          "preserve, endpoint or a host name; did you mean \"" + word + "\"?");
    }
    Authority authority = HostText.parse(text);
    return authority == null ? null : new HostField.Fixed(authority.toString());
  }
}
