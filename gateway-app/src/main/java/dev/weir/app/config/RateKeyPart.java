package dev.weir.app.config;

import dev.weir.app.config.binding.Nearest;
import dev.weir.app.config.binding.ScalarType;
import dev.weir.ratelimit.RateKey.Part;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What tells requests apart at a rate limit: {@code client}, {@code header:x-tenant}.
 *
 * @param kind the word
 * @param name of the field or parameter; empty for kinds that need none
 */
public record RateKeyPart(Kind kind, String name) {

  /** Where a part of a key comes from. */
  public enum Kind {
    CLIENT,
    API_KEY,
    HOST,
    HEADER,
    PATH
  }

  private static final List<String> WORDS = List.of("client", "api-key", "host");
  private static final String FORM =
      "client|api-key|host|header:" + FieldRules.NAME_REGEX + "|path:[A-Za-z0-9_]{1,64}";
  private static final Pattern PATTERN = Pattern.compile(FORM);

  static final ScalarType<RateKeyPart> TYPE =
      new ScalarType<>(
          RateKeyPart.class,
          "key part",
          "client, api-key, host, header:NAME or path:NAME",
          "",
          "`client` is the client's address or network; `api-key` what is in `X-API-Key`, else in"
              + " `Authorization`, else the client's address; `host` the host that is asked for;"
              + " `header:NAME` the value of a field; `path:NAME` a parameter of the route's path.",
          new ScalarType.Form.Matching(FORM),
          RateKeyPart::parse);

  /** Null if it is not one. */
  public static @Nullable RateKeyPart parse(String text) {
    if (!PATTERN.matcher(text).matches()) {
      String word = Nearest.to(text, WORDS);
      if (word != null) {
        throw new IllegalArgumentException(TYPE.noun() + "; did you mean \"" + word + "\"?");
      }
      return null;
    }
    int colon = text.indexOf(':');
    String word = colon < 0 ? text : text.substring(0, colon);
    return new RateKeyPart(
        Kind.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_')),
        colon < 0 ? "" : text.substring(colon + 1));
  }

  Part part(Part.Client client) {
    return switch (kind) {
      case CLIENT -> client;
      case API_KEY -> new Part.ApiKey(client);
      case HOST -> new Part.Host();
      case HEADER -> new Part.Header(name);
      case PATH -> new Part.PathParameter(name);
    };
  }

  @Override
  public String toString() {
    String word = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return name.isEmpty() ? word : word + ":" + name;
  }
}
