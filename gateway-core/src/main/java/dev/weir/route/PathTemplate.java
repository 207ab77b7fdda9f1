package dev.weir.route;

import dev.weir.http.Request;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path or address to be made of what a route's path matched: {@code {name}} stands for a
 * parameter, a final {@code *} for what follows the route's prefix.
 */
public final class PathTemplate {

  private static final Pattern PARAMETER = Pattern.compile("\\{([A-Za-z0-9_]*)}");

  private final String text;
  private final PathPattern pattern;

  private PathTemplate(String text, PathPattern pattern) {
    this.text = text;
    this.pattern = pattern;
  }

  /**
   * Reads a template for paths that {@code pattern} matches.
   *
   * @throws IllegalArgumentException if it names what the pattern does not have, or is no template
   */
  public static PathTemplate parse(String text, PathPattern pattern) {
    List<String> unknown =
        PARAMETER
            .matcher(text)
            .results()
            .map(result -> result.group(1))
            .filter(name -> !pattern.names().contains(name))
            .toList();
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("parameters of the path " + pattern);
    }
    String around = PARAMETER.matcher(text).replaceAll("");
    if (around.indexOf('{') >= 0 || around.indexOf('}') >= 0) {
      throw new IllegalArgumentException("'{' and '}' around a parameter's name alone");
    }
    if (text.endsWith("*") && !pattern.isPrefix()) {
      throw new IllegalArgumentException("a '*' only where the path " + pattern + " ends in one");
    }
    return new PathTemplate(text, pattern);
  }

  /** The address or path for a request that the pattern matches. */
  public String expand(Request request) {
    Map<String, String> parameters = request.pathParameters();
    String expanded =
        PARAMETER
            .matcher(text)
            .replaceAll(
                match -> Matcher.quoteReplacement(parameters.getOrDefault(match.group(1), "")));
    if (!text.endsWith("*")) {
      return expanded;
    }
    // "/v2/*" for "/api/*": the star takes its slash along, so that "/api" alone becomes "/v2".
    String base = expanded.substring(0, expanded.length() - 1);
    String rest = pattern.rest(request.target().path());
    String joined = (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + rest;
    return joined.isEmpty() ? "/" : joined;
  }
}
