package dev.weir.app.config;

import dev.weir.app.config.binding.Problems;
import dev.weir.http.FailureException;
import dev.weir.http.Target;
import dev.weir.route.PathPattern;
import dev.weir.route.PathTemplate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether what is to be made of a route's path will be a sound address. */
final class Templates {

  private static final Pattern PARAMETER = Pattern.compile("\\{[A-Za-z0-9_]*}");
  private static final Pattern AUTHORITY = Pattern.compile("(https?://)([^/?*]*)(.*)");

  private Templates() {}

  /** A path for an upstream: without a query, which stays that of the client. */
  static void checkPath(String template, PathPattern path, Problems at) {
    if (hasKnownParameters(template, path, at)) {
      String filled = filled(template);
      if (!filled.startsWith("/") || filled.indexOf('?') >= 0 || !isCanonical(filled)) {
        at.report("a path that begins with '/', canonical, without a query");
      }
    }
  }

  /** An address to send a client to. */
  static void checkLocation(String template, PathPattern path, Problems at) {
    if (!hasKnownParameters(template, path, at)) {
      return;
    }
    Matcher parts = AUTHORITY.matcher(template);
    if (template.startsWith("/")) {
      if (!isCanonical(filled(template))) {
        at.report("a canonical path");
      }
    } else if (!parts.matches() || HostText.parse(parts.group(2)) == null) {
      // A parameter is no part of a host: else the client would say where it is sent.
      at.report("an address like https://example.com/{id}, its host without parameters");
    } else if (!isCanonical(filled(pathOf(parts.group(3))))) {
      at.report("an address with a canonical path");
    }
  }

  private static String pathOf(String afterAuthority) {
    return afterAuthority.startsWith("/") ? afterAuthority : "/" + afterAuthority;
  }

  private static boolean hasKnownParameters(String template, PathPattern path, Problems at) {
    String expected = expectation(template, path);
    if (expected != null) {
      at.report(expected);
    }
    return expected == null;
  }

  /** Null if the template is one for that path. */
  private static @Nullable String expectation(String template, PathPattern path) {
    try {
      PathTemplate unused = PathTemplate.parse(template, path);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  /** With a letter for each parameter, and nothing for the star. */
  private static String filled(String template) {
    String filled = PARAMETER.matcher(template).replaceAll("x");
    return filled.endsWith("*") ? filled.substring(0, filled.length() - 1) : filled;
  }

  private static boolean isCanonical(String target) {
    try {
      return Target.of(target).toString().equals(target);
    } catch (FailureException e) {
      return false;
    }
  }
}
