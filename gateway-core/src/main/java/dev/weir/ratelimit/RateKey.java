package dev.weir.ratelimit;

import dev.weir.http.Fields;
import dev.weir.http.IpAddress;
import dev.weir.http.Request;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/**
 * Which requests share the tokens of a limit: those for which all parts of its key say the same.
 *
 * <p>A key is a short text of harmless characters, whatever the request says: a value that is long,
 * odd or may be a secret is replaced by its digest. Different values give different keys; a part
 * that the request does not have is empty.
 */
public final class RateKey {

  private static final int MAX_PLAIN = 48;
  private static final int DIGEST_BYTES = 16;

  private static final FastThreadLocal<MessageDigest> SHA_256 =
      new FastThreadLocal<>() {
        @Override
        protected MessageDigest initialValue() throws NoSuchAlgorithmException {
          return MessageDigest.getInstance("SHA-256");
        }
      };

  private final List<Part> parts;

  /** Of these parts; of none, all requests have the same key. */
  public RateKey(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  /** One thing that tells requests apart. */
  public sealed interface Part {

    /** The client's address, as far as proxies can be trusted, or the network that it is in. */
    record Client(int ipv4Prefix, int ipv6Prefix) implements Part {}

    /** All values of a header field together. */
    record Header(String name) implements Part {}

    /**
     * The key that the request shows: {@code X-API-Key}, else its {@code Authorization}; where
     * there is neither, the client's address.
     */
    record ApiKey(Client otherwise) implements Part {}

    /** A parameter of the route's path. */
    record PathParameter(String name) implements Part {}

    /** The host that is asked for. */
    record Host() implements Part {}
  }

  public List<Part> parts() {
    return parts;
  }

  /** The key of a request. */
  public String of(Request request) {
    if (parts.size() == 1) {
      return text(parts.get(0), request);
    }
    StringBuilder key = new StringBuilder();
    for (Part part : parts) {
      if (!key.isEmpty() || part != parts.get(0)) {
        key.append(',');
      }
      key.append(text(part, request));
    }
    return key.toString();
  }

  private static String text(Part part, Request request) {
    if (part instanceof Part.Client client) {
      return network(client, request);
    }
    if (part instanceof Part.ApiKey key) {
      return apiKey(key, request);
    }
    if (part instanceof Part.Header header) {
      return plainOrDigest(String.join(",", request.headers().getAll(header.name())).strip());
    }
    if (part instanceof Part.PathParameter parameter) {
      return plainOrDigest(request.pathParameters().getOrDefault(parameter.name(), ""));
    }
    return plainOrDigest(request.authority().host());
  }

  private static String network(Part.Client client, Request request) {
    IpAddress address = request.client().address();
    int prefix = address.isIpv4() ? client.ipv4Prefix() : client.ipv6Prefix();
    return (prefix < address.bits() ? address.masked(prefix) : address).toString();
  }

  private static String apiKey(Part.ApiKey key, Request request) {
    String shown = request.headers().get(Fields.X_API_KEY);
    if (shown == null) {
      shown = request.headers().get(HttpHeaderNames.AUTHORIZATION);
    }
    return shown == null ? network(key.otherwise(), request) : digest(shown.strip());
  }

  private static String plainOrDigest(String value) {
    return isPlain(value) ? value : digest(value);
  }

  /** Neither the comma between parts nor the tilde before a digest is. */
  private static boolean isPlain(String value) {
    if (value.length() > MAX_PLAIN) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean isPlain =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || c == '.'
              || c == '-'
              || c == '_'
              || c == ':';
      if (!isPlain) {
        return false;
      }
    }
    return true;
  }

  /** 128 bits of SHA-256: nobody finds a second value with the digest of somebody else's. */
  private static String digest(String value) {
    byte[] whole = SHA_256.get().digest(value.getBytes(StandardCharsets.UTF_8));
    byte[] part = new byte[DIGEST_BYTES];
    System.arraycopy(whole, 0, part, 0, DIGEST_BYTES);
    return "~" + Base64.getUrlEncoder().withoutPadding().encodeToString(part);
  }
}
