package dev.weir.app.config.binding;

import dev.weir.app.config.binding.LocatedNode.Entry;
import dev.weir.app.config.binding.LocatedNode.Mapping;
import dev.weir.app.config.binding.LocatedNode.Scalar;
import dev.weir.app.config.binding.LocatedNode.Sequence;
import dev.weir.app.config.binding.LocatedNode.Unreadable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Reads the part of YAML 1.2 that settings need: mappings, lists and scalars, in one document.
 *
 * <p>Anchors, aliases and tags are refused: an alias makes a small file a large one, and a reader
 * of the file has to be told what stands elsewhere. Scalars stay text; what they mean depends on
 * the setting and not on how they look.
 */
final class YamlReader {

  /** How deep lists and mappings may be in one another. */
  static final int MAX_DEPTH = 32;

  private static final String ANCHOR = "an anchor";
  private static final String ALIAS = "an alias";
  private static final String TAG = "a tag";

  /** Names of the file may be part of a message. */
  private static final int MAX_MESSAGE_LENGTH = 200;

  private static final YAMLFactory YAML = YAMLFactory.builder().build();

  private final YAMLParser parser;
  private final int[] characters;
  private final ProblemLog problems;

  private YamlReader(YAMLParser parser, String text, ProblemLog problems) {
    this.parser = parser;
    this.characters = text.codePoints().toArray();
    this.problems = problems;
  }

  /** Null if the text is not YAML, or is empty; the problem has been reported. */
  static @Nullable LocatedNode read(String text, ProblemLog problems) {
    YAMLParser parser = (YAMLParser) YAML.createParser(ObjectReadContext.empty(), text);
    try (parser) {
      return new YamlReader(parser, text, problems).document();
    } catch (Refusal refusal) {
      problems.error(refusal.place, KeyPath.ROOT, refusal.message);
      return null;
    } catch (JacksonException notYaml) {
      Place place = placeOf(notYaml, parser).within(text);
      problems.error(place, KeyPath.ROOT, "not YAML: " + messageOf(notYaml));
      return null;
    }
  }

  private @Nullable LocatedNode document() throws Refusal {
    JsonToken first = parser.nextToken();
    if (first == null || first == JsonToken.VALUE_NULL) {
      problems.error("an empty file (expected: settings)");
      return null;
    }
    LocatedNode root = node(first, KeyPath.ROOT, 1);
    if (parser.nextToken() != null) {
      throw new Refusal(place(), "a second document (expected: one)");
    }
    return root;
  }

  private LocatedNode node(JsonToken token, KeyPath path, int depth) throws Refusal {
    Place place = place();
    if (token.isScalarValue()) {
      refuseProperties(place, path);
      if (parser.isCurrentAlias()) {
        return new Unreadable(place);
      }
      return new Scalar(place, token == JsonToken.VALUE_NULL ? null : parser.getString());
    }
    if (parser.getObjectId() != null) {
      refuse(place, path, ANCHOR);
    }
    if (parser.getTypeId() != null) {
      refuse(place, path, TAG);
    }
    if (depth > MAX_DEPTH) {
      throw new Refusal(place, "nested too deep (expected: at most " + MAX_DEPTH + " levels)");
    }
    return token == JsonToken.START_ARRAY
        ? sequence(place, path, depth)
        : mapping(place, path, depth);
  }

  private Sequence sequence(Place place, KeyPath path, int depth) throws Refusal {
    List<LocatedNode> items = new ArrayList<>();
    for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
      items.add(node(token, path.item(items.size()), depth + 1));
    }
    return new Sequence(place, items);
  }

  private Mapping mapping(Place place, KeyPath path, int depth) throws Refusal {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (JsonToken token = next(); token != JsonToken.END_OBJECT; token = next()) {
      Place keyPlace = place();
      String key = parser.currentName();
      KeyPath keyPath = path.key(key);
      refuseProperties(keyPlace, keyPath);
      LocatedNode value = node(next(), keyPath, depth + 1);
      Entry first = entries.putIfAbsent(key, new Entry(keyPlace, value));
      if (first != null) {
        problems.error(
            keyPlace,
            keyPath,
            "the key is there twice (expected: once; first at " + first.place() + ")");
      }
    }
    return new Mapping(place, entries);
  }

  /**
   * Looks at the text itself: of a scalar or a key, the parser does not always tell. No plain
   * scalar begins with these characters.
   */
  private void refuseProperties(Place place, KeyPath path) {
    long at = parser.currentTokenLocation().getCharOffset();
    if (at >= characters.length) {
      return;
    }
    switch (characters[(int) at]) {
      case '*' -> refuse(place, path, ALIAS);
      case '&' -> refuse(place, path, ANCHOR);
      case '!' -> refuse(place, path, TAG);
      default -> {}
    }
  }

  private void refuse(Place place, KeyPath path, String what) {
    problems.error(
        place, path, what + " (expected: plain YAML, without anchors, aliases and tags)");
  }

  private JsonToken next() throws Refusal {
    JsonToken token = parser.nextToken();
    if (token == null) {
      throw new Refusal(place(), "not YAML: it ends in the middle");
    }
    return token;
  }

  private Place place() {
    return placeOf(parser.currentTokenLocation());
  }

  private static Place placeOf(TokenStreamLocation location) {
    return new Place(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
  }

  /** Where the scanner stumbled, which is behind the token that the parser speaks of. */
  private static Place placeOf(JacksonException notYaml, YAMLParser parser) {
    if (notYaml.getCause() instanceof MarkedYamlEngineException marked) {
      return marked
          .getProblemMark()
          .map(mark -> new Place(mark.getLine() + 1, mark.getColumn() + 1))
          .orElse(Place.START);
    }
    return placeOf(parser.currentTokenLocation());
  }

  /** Not the exception's own message: that cites the file, secrets included. */
  private static String messageOf(JacksonException notYaml) {
    if (notYaml.getCause() instanceof MarkedYamlEngineException marked) {
      String problem = printable(marked.getProblem());
      String context = marked.getContext();
      boolean hasContext = context != null && !context.isBlank();
      return hasContext ? problem + ", " + printable(context) : problem;
    }
    if (notYaml instanceof StreamConstraintsException) {
      return "a key or value that is too long";
    }
    boolean isAtKey = notYaml.getOriginalMessage().startsWith("Expected a property name");
    return isAtKey ? "a key that is not a name" : "can't be read";
  }

  private static String printable(String text) {
    String start = text.substring(0, Math.min(text.length(), MAX_MESSAGE_LENGTH));
    return start.replaceAll("[^ -~]", "?");
  }

  /** The file can't be read on. */
  private static final class Refusal extends Exception {

    private final Place place;
    private final String message;

    Refusal(Place place, String message) {
      super(message, null, false, false);
      this.place = place;
      this.message = message;
    }
  }
}
