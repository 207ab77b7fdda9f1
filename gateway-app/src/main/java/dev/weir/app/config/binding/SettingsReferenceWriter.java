package dev.weir.app.config.binding;

import static java.util.stream.Collectors.joining;

import dev.weir.app.config.binding.ScalarType.Form;
import dev.weir.app.config.binding.Shape.Listed;
import dev.weir.app.config.binding.Shape.Named;
import dev.weir.app.config.binding.Shape.Single;
import dev.weir.app.config.binding.Shape.Switched;
import dev.weir.app.config.binding.Shape.Wording;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes a page in Markdown about every setting: a section for each record, a row for each key. */
public final class SettingsReferenceWriter {

  private static final String KINDS = "kinds-of-values";

  /** Where each record may stand; in the order in which a reader comes across them. */
  private final Map<RecordShape, List<String>> places = new LinkedHashMap<>();

  private final Map<String, String> kinds = new TreeMap<>();
  private final StringBuilder page = new StringBuilder();

  private SettingsReferenceWriter() {}

  /**
   * The page for files that are to be that record.
   *
   * @param types as the reader of those files has them
   * @param introduction in Markdown, after the heading
   * @param example a file in which every setting occurs
   */
  public static String write(
      Class<? extends Record> type,
      List<ScalarType<?>> types,
      String introduction,
      String example) {
    return new SettingsReferenceWriter().write(new Shapes(types).of(type), introduction, example);
  }

  private String write(RecordShape root, String introduction, String example) {
    visit(root, "");
    page.append("# Settings\n\n").append(introduction.strip()).append('\n');
    places.forEach(this::section);
    page.append("\n## Kinds of values\n\n| kind | is written |\n|---|---|\n");
    kinds.forEach((kind, doc) -> row(kind, doc));
    page.append(
        "\n## A complete file\n\nEvery setting once, most of them with their defaults.\n\n");
    return page.append("```yaml\n").append(example.strip()).append("\n```\n").toString();
  }

  private void visit(Shape shape, String place) {
    if (shape instanceof RecordShape type) {
      places.computeIfAbsent(type, unseen -> new ArrayList<>()).add(place);
      for (Component component : type.components()) {
        visit(component.shape(), (place.isEmpty() ? "" : place + ".") + component.key());
      }
    } else if (shape instanceof Listed list) {
      visit(list.item(), place + "[]");
    } else if (shape instanceof Named map) {
      Keys keys = map.keys();
      visit(map.value(), place + ".<" + (keys == null ? "key" : keys.name()) + ">");
    } else if (shape instanceof Switched switched) {
      visit(switched.on(), place);
    } else if (shape instanceof Single<?> single && !isWord(single)) {
      kinds.put(single.type().name(), single.type().doc());
    }
  }

  private void section(RecordShape type, List<String> where) {
    boolean isRoot = where.contains("");
    page.append("\n## ").append(isRoot ? "The file" : type.name()).append("\n\n");
    page.append(type.doc()).append("\n\n");
    if (!isRoot) {
      String all = where.stream().map(SettingsReferenceWriter::code).collect(joining(", "));
      page.append("Stands at ").append(all).append('.');
      Component shorthand = type.shorthand();
      if (shorthand != null) {
        page.append(" What is no mapping there is taken for its ");
        page.append(code(shorthand.key())).append('.');
      }
      page.append("\n\n");
    }
    page.append("| key | type | default | meaning |\n|---|---|---|---|\n");
    for (Component component : type.components()) {
      row(
          code(component.key()),
          typeOf(component.shape()),
          defaultOf(component),
          component.isSecret() ? component.doc() + " Never shown." : component.doc());
    }
  }

  private void row(String... cells) {
    page.append('|');
    for (String cell : cells) {
      page.append(' ').append(cell.replace("|", "\\|")).append(" |");
    }
    page.append('\n');
  }

  private static String typeOf(Shape shape) {
    if (shape instanceof Single<?> single) {
      return singleType(single);
    }
    if (shape instanceof Listed list) {
      return "list of " + typeOf(list.item()) + sizeOf(list.size());
    }
    if (shape instanceof Named map) {
      Keys keys = map.keys();
      String key = keys == null ? "text" : keys.name();
      return "mapping of " + key + " to " + typeOf(map.value()) + sizeOf(map.size());
    }
    return shape instanceof Switched switched
        ? code(OrOff.OFF) + " or " + typeOf(switched.on())
        : link(((RecordShape) shape).name(), ((RecordShape) shape).name());
  }

  private static boolean isWord(Single<?> shape) {
    return shape.type().form() instanceof Form.OneOf;
  }

  private static String singleType(Single<?> shape) {
    if (shape.type().form() instanceof Form.OneOf oneOf) {
      return Spelling.either(oneOf.choices().stream().map(SettingsReferenceWriter::code).toList());
    }
    String kind = link(shape.type().name(), KINDS);
    Wording wording = shape.wording();
    Bounds<?> bounds = shape.bounds();
    if (wording != null) {
      return kind + ": " + wording.expected();
    }
    return bounds == null ? kind : kind + ", " + bounds;
  }

  private static String sizeOf(@Nullable Size size) {
    if (size == null) {
      return "";
    }
    return size.min() == 0
        ? " (at most " + size.max() + ")"
        : " (" + size.min() + " to " + size.max() + ")";
  }

  private static String defaultOf(Component component) {
    Inherits inherits = component.inherits();
    if (inherits != null) {
      return "as in " + code(inherits.at() + "." + component.key());
    }
    String text = component.defaultText();
    if (text != null) {
      // A record says itself what its parts are by default.
      boolean isRecord =
          component.shape() instanceof RecordShape || component.shape() instanceof Switched;
      return isRecord && text.equals("{}") ? "its own defaults" : code(text);
    }
    return component.isOptional() ? "none" : "**required**";
  }

  private static String code(String text) {
    return "`" + text + "`";
  }

  private static String link(String text, String anchor) {
    return "[" + text + "](#" + anchor + ")";
  }
}
