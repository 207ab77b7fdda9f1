package dev.weir.app.config.binding;

import dev.weir.app.config.binding.ScalarType.Form;
import dev.weir.app.config.binding.Shape.Listed;
import dev.weir.app.config.binding.Shape.Named;
import dev.weir.app.config.binding.Shape.Single;
import dev.weir.app.config.binding.Shape.Switched;
import dev.weir.app.config.binding.Shape.Wording;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Writes a JSON Schema (draft 2020-12) of what a file may say, for editors that complete and check
 * while one types.
 *
 * <p>It knows less than the reader: nothing of what has to hold between settings, nor of sizes and
 * durations that are well written and out of range. The other way round it refuses no more than
 * whole numbers in quotes.
 */
public final class JsonSchemaWriter {

  private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";
  private static final String VARIABLE = "variable";
  private static final JsonMapper JSON = new JsonMapper();
  private static final YAMLMapper YAML = new YAMLMapper();

  private final Shapes shapes;
  private final ObjectNode definitions = JSON.createObjectNode();

  private JsonSchemaWriter(Shapes shapes) {
    this.shapes = shapes;
  }

  /**
   * The schema of files that are to be that record.
   *
   * @param types as the reader of those files has them
   */
  public static String write(
      String title, Class<? extends Record> type, List<ScalarType<?>> types) {
    return new JsonSchemaWriter(new Shapes(types)).write(title, type);
  }

  private String write(String title, Class<? extends Record> type) {
    RecordShape shape = shapes.of(type);
    ObjectNode schema = JSON.createObjectNode();
    schema.put("$schema", DIALECT).put("title", title);
    ObjectNode root = mapping(shape, false);
    schema.setAll(root);
    definitions
        .putObject(VARIABLE)
        .put("description", "What environment variables are put into.")
        .put("type", "string")
        .put("pattern", "\\$\\{");
    schema.set("$defs", definitions);
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter()
            .withObjectIndenter(indenter)
            .withArrayIndenter(new DefaultPrettyPrinter.FixedSpaceIndenter());
    return JSON.writer().with(printer).writeValueAsString(schema) + "\n";
  }

  private ObjectNode mapping(RecordShape shape, boolean isInherited) {
    ObjectNode mapping = JSON.createObjectNode();
    mapping.put("description", shape.doc()).put("type", "object");
    ObjectNode properties = mapping.putObject("properties");
    for (Component component : shape.components()) {
      properties.set(component.key(), property(component, isInherited));
      if (component.isRequired() && !isInherited) {
        mapping.withArray("required").add(component.key());
      }
    }
    return mapping.put("additionalProperties", false);
  }

  private ObjectNode property(Component component, boolean isInherited) {
    ObjectNode property = JSON.createObjectNode();
    Inherits inherits = component.inherits();
    String more =
        inherits == null
            ? ""
            : " What is left out is taken from `" + inherits.at() + "." + component.key() + "`.";
    property.put("description", component.doc() + more);
    String text = component.defaultText();
    if (text != null && !isInherited && !text.contains(Default.POSITION)) {
      property.set("default", YAML.readTree(text));
    }
    boolean isChildInherited = isInherited || inherits != null || hasParts(text);
    property.setAll(schema(component.shape(), isChildInherited));
    return property;
  }

  /** Whether a default says of some parts of a record what they are. */
  private static boolean hasParts(@Nullable String defaultText) {
    return defaultText != null
        && YAML.readTree(defaultText) instanceof ObjectNode o
        && !o.isEmpty();
  }

  private ObjectNode schema(Shape shape, boolean isInherited) {
    if (shape instanceof Single<?> single) {
      ObjectNode itself = single(single);
      boolean takesAnything = !itself.has("pattern") && itself.path("type").isArray();
      return takesAnything ? itself : anyOf(itself, reference(VARIABLE));
    }
    if (shape instanceof Listed list) {
      return list(list, isInherited);
    }
    if (shape instanceof Named map) {
      return map(map, isInherited);
    }
    return shape instanceof Switched switched
        ? anyOf(word(OrOff.OFF), schema(switched.on(), isInherited))
        : record((RecordShape) shape, isInherited);
  }

  private ObjectNode record(RecordShape shape, boolean isInherited) {
    String name = shape.name() + (isInherited ? "-parts" : "");
    if (!definitions.has(name)) {
      definitions.putObject(name).setAll(mapping(shape, isInherited));
    }
    ObjectNode mapping = reference(name);
    Component shorthand = shape.shorthand();
    return shorthand == null ? mapping : anyOf(schema(shorthand.shape(), false), mapping);
  }

  private ObjectNode list(Listed shape, boolean isInherited) {
    ObjectNode item = schema(shape.item(), isInherited);
    ObjectNode list = JSON.createObjectNode().put("type", "array");
    list.set("items", item);
    Size size = shape.size();
    if (size != null) {
      if (size.min() > 0) {
        list.put("minItems", size.min());
      }
      list.put("maxItems", size.max());
    }
    return anyOf(item.deepCopy(), list);
  }

  private ObjectNode map(Named shape, boolean isInherited) {
    ObjectNode map = JSON.createObjectNode().put("type", "object");
    Size size = shape.size();
    if (size != null) {
      map.put("maxProperties", size.max());
    }
    Keys keys = shape.keys();
    if (keys != null) {
      map.putObject("propertyNames").put("pattern", anchored(keys.regex()));
    }
    map.set("additionalProperties", schema(shape.value(), isInherited));
    return map;
  }

  private static ObjectNode single(Single<?> shape) {
    ObjectNode single = JSON.createObjectNode();
    Wording wording = shape.wording();
    Bounds<?> bounds = shape.bounds();
    Form form = shape.type().form();
    if (form instanceof Form.OneOf oneOf) {
      oneOf.choices().forEach(single.withArray("enum")::add);
      return single;
    }
    if (form instanceof Form.Truth) {
      return single.put("type", "boolean");
    }
    if (form instanceof Form.Whole) {
      single.put("type", "integer");
      return bounds == null
          ? single
          : single
              .put("minimum", Long.parseLong(bounds.min()))
              .put("maximum", Long.parseLong(bounds.max()));
    }
    // What looks like a number or a truth value is as good a text as any.
    single.putArray("type").add("string").add("number").add("boolean");
    if (wording != null) {
      single.put("pattern", anchored(wording.pattern().pattern()));
    } else if (form instanceof Form.Matching matching) {
      single.put("pattern", anchored(matching.regex()));
    }
    return single;
  }

  private static String anchored(String regex) {
    return "^(" + regex + ")$";
  }

  private static ObjectNode word(String word) {
    return JSON.createObjectNode().put("const", word);
  }

  private static ObjectNode reference(String definition) {
    return JSON.createObjectNode().put("$ref", "#/$defs/" + definition);
  }

  private static ObjectNode anyOf(JsonNode... alternatives) {
    ObjectNode anyOf = JSON.createObjectNode();
    for (JsonNode alternative : alternatives) {
      boolean isNested = alternative.size() == 1 && alternative.has("anyOf");
      if (isNested) {
        alternative.get("anyOf").forEach(anyOf.withArray("anyOf")::add);
      } else {
        anyOf.withArray("anyOf").add(alternative);
      }
    }
    return anyOf;
  }
}
