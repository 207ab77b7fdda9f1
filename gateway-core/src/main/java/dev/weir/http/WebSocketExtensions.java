package dev.weir.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the sides of a WebSocket agree on beyond RFC 6455. The only extension that is let through is
 * permessage-deflate (RFC 7692): of frames that another one has changed nothing could be said.
 */
public final class WebSocketExtensions {

  private static final String DEFLATE = "permessage-deflate";
  private static final String CLIENT_WINDOW = "client_max_window_bits";
  private static final String SERVER_WINDOW = "server_max_window_bits";

  /** RFC 7692 §7.1. */
  private static final Set<String> WITHOUT_VALUE =
      Set.of("server_no_context_takeover", "client_no_context_takeover");

  private WebSocketExtensions() {}

  /** The client's offers of permessage-deflate, in its own order and words; empty for none. */
  public static String deflateOffers(HttpHeaders headers) {
    return String.join(", ", elements(headers).stream().filter(e -> isDeflate(e)).toList());
  }

  /** Whether permessage-deflate is among these. */
  public static boolean hasDeflate(HttpHeaders headers) {
    return elements(headers).stream().anyMatch(e -> isDeflate(e));
  }

  /** What is wrong with the upstream's choice; null if it is one of the offers. */
  static @Nullable String faultOf(HttpHeaders offer, HttpHeaders answer) {
    List<String> chosen = elements(answer);
    if (chosen.isEmpty()) {
      return null;
    }
    String offers = deflateOffers(offer);
    if (chosen.size() > 1 || offers.isEmpty() || !isDeflate(chosen.get(0))) {
      return "sec-websocket-extensions: "
          + Quoted.of(String.join(", ", chosen))
          + " (expected: at most one, of those that were offered)";
    }
    boolean mayBoundClient = offers.toLowerCase(Locale.ROOT).contains(CLIENT_WINDOW);
    return areParametersValid(chosen.get(0), mayBoundClient)
        ? null
        : "sec-websocket-extensions: "
            + Quoted.of(chosen.get(0))
            + " (expected: parameters of RFC 7692 section 7.1, as offered)";
  }

  private static boolean areParametersValid(String element, boolean mayBoundClient) {
    Set<String> seen = new HashSet<>();
    String[] parts = element.split(";", -1);
    for (int i = 1; i < parts.length; i++) {
      String[] parameter = parts[i].split("=", 2);
      String name = parameter[0].trim().toLowerCase(Locale.ROOT);
      boolean isValid =
          parameter.length == 1
              ? WITHOUT_VALUE.contains(name)
              : isWindow(name, mayBoundClient) && isBits(parameter[1].trim());
      if (!isValid || !seen.add(name)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isWindow(String name, boolean mayBoundClient) {
    return name.equals(SERVER_WINDOW) || mayBoundClient && name.equals(CLIENT_WINDOW);
  }

  private static boolean isBits(String value) {
    String bare = value.replace("\"", "");
    return bare.matches("[89]|1[0-5]");
  }

  private static boolean isDeflate(String element) {
    int end = element.indexOf(';');
    return (end < 0 ? element : element.substring(0, end)).trim().equalsIgnoreCase(DEFLATE);
  }

  private static List<String> elements(HttpHeaders headers) {
    List<String> elements = new ArrayList<>();
    for (String line : headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)) {
      for (String element : line.split(",", -1)) {
        if (!element.isBlank()) {
          elements.add(element.trim());
        }
      }
    }
    return elements;
  }
}
