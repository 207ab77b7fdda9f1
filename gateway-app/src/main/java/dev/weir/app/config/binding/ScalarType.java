package dev.weir.app.config.binding;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kind of single value: how its text is read, and how it is spoken of.
 *
 * @param javaType what the text becomes; of a record component, or in its list or map
 * @param name one or two words, for tables: {@code duration}
 * @param noun with its article, for messages: {@code a duration}
 * @param hint follows the noun, for messages: {@code like 250ms, 15s or 1h}
 * @param doc a sentence or two for the reference
 * @param form for the schema
 */
public record ScalarType<T>(
    Class<T> javaType,
    String name,
    String noun,
    String hint,
    String doc,
    Form form,
    Reader<T> reader) {

  /** Makes a value of a text. */
  @FunctionalInterface
  public interface Reader<T> {

    /**
     * Null if the text is not such a value.
     *
     * @throws IllegalArgumentException if it is not, and the message says what is expected
     */
    @Nullable T read(String text);
  }

  /** What a schema can say of the text. */
  public sealed interface Form {

    /** It is whatever a scalar of YAML can be. */
    record Any() implements Form {}

    /** It is a truth value. */
    record Truth() implements Form {}

    /** It is a whole number. */
    record Whole() implements Form {}

    /** The whole of it matches a regular expression (ECMA-262). */
    record Matching(String regex) implements Form {}

    /** It is one of these. */
    record OneOf(List<String> choices) implements Form {}
  }

  String expected() {
    return hint.isEmpty() ? noun : noun + " " + hint;
  }

  /** An enum, spelled in lower case with hyphens. */
  static <E extends Enum<E>> ScalarType<E> ofEnum(Class<E> type) {
    List<E> constants = List.of(type.getEnumConstants());
    List<String> choices = constants.stream().map(Spelling::ofConstant).toList();
    return new ScalarType<>(
        type,
        "word",
        Spelling.either(choices),
        "",
        "One of a few words.",
        new Form.OneOf(choices),
        text -> choices.contains(text) ? constants.get(choices.indexOf(text)) : null);
  }
}
