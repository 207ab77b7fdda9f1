package dev.weir.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The schema for editors, read by the small part of a validator that it needs. */
class JsonSchemaTest {

  private static final JsonNode SCHEMA = new JsonMapper().readTree(SettingsReader.schema());
  private static final Set<String> KEYWORDS =
      Set.of(
          "$schema",
          "$defs",
          "$ref",
          "title",
          "description",
          "default",
          "type",
          "enum",
          "const",
          "pattern",
          "minimum",
          "maximum",
          "properties",
          "required",
          "additionalProperties",
          "propertyNames",
          "maxProperties",
          "items",
          "minItems",
          "maxItems",
          "anyOf");

  private static List<String> errors(String yaml) {
    List<String> errors = new ArrayList<>();
    validate(new YAMLMapper().readTree(yaml), SCHEMA, "", errors);
    return errors;
  }

  @Test
  void acceptsTheExamples() throws IOException {
    assertThat(errors(Given.resource("complete.yaml"))).isEmpty();
    assertThat(errors(Files.readString(Path.of("src/main/dist/conf/gateway.yaml")))).isEmpty();
  }

  @Test
  void acceptsWhatTheReaderTakes() {
    String yaml =
        """
        listen: ${LISTEN:-127.0.0.1:80}
        admin: {token: 1234567890123456}
        event-loops: ${LOOPS:-4}
        access-log: none
        limits: {target: 512, headers: 1KiB}
        concurrency: {queue: 5}
        upstreams:
          a: http://a
          b: [http://b, "https://[::1]:8443/"]
          c: {endpoints: http://c, host: c.example:80, breaker: off, concurrency: {max: 3}}
        defaults: {retry: {statuses: 503}}
        routes:
          - {id: 17, path: /a, host: "*.a.example", to: a, retry: off}
          - {path: /b, to: [a, {upstream: b}], headers: {a: 1, b: true}, timeouts: {idle: 1s}}
          - {path: /c, redirect: https://c, concurrency: {max: 1}}
        """;

    assertThat(errors(yaml)).isEmpty();
    assertThat(Given.settings(yaml)).isNotNull();
  }

  @Test
  void refusesWhatTheReaderRefuses() {
    for (String yaml :
        List.of(
            "lisen: 127.0.0.1:80",
            "listen: 127.0.0.1",
            "event-loops: -1",
            "event-loops: 257",
            "event-loops: many",
            "transport: fast",
            "admin: {token: short}",
            "drain: 5s",
            "client: {idle: 15x}",
            "limits: {headers: 10MB}",
            "concurrency: {max: 0}",
            "upstreams: {a: {host: preserve}}",
            "upstreams: {A: http://a}",
            "upstreams: {a: http://a/b}",
            "upstreams: {a: {endpoints: http://a, breaker: no}}",
            "upstreams: {a: {endpoints: []}}",
            "routes: [{to: a, concurrency: {queue: 1}}]",
            "routes: [{to: {weight: 1}}]",
            "routes: [{methods: get}]",
            "routes: [{headers: {'a b': 1}}]")) {
      assertThat(errors(yaml)).as(yaml).isNotEmpty();
      assertThat(Given.problems(yaml)).as(yaml).isNotEmpty();
    }
  }

  @Test
  void describesEverySettingWithDefaultsAndRanges() {
    JsonNode properties = SCHEMA.get("properties");
    assertThat(properties.get("listen").get("default").asString()).isEqualTo("127.0.0.1:8080");
    assertThat(properties.get("event-loops").get("anyOf").get(0).get("maximum").asInt())
        .isEqualTo(256);
    assertThat(properties.get("concurrency").get("default").get("max").asInt()).isEqualTo(2048);
    assertThat(properties.get("forwarding-fields").get("anyOf").get(0).get("enum")).hasSize(4);
    assertThat(definition("retry").get("properties").get("statuses").get("default")).hasSize(3);
    assertThat(definition("upstream").get("required").get(0).asString()).isEqualTo("endpoints");
    SCHEMA
        .get("$defs")
        .forEach(
            type ->
                type.path("properties")
                    .forEach(property -> assertThat(property.has("description")).isTrue()));
  }

  @Test
  void namesNoDefaultWhereAnotherPartOfTheFileHasIt() {
    JsonNode timeouts = definition("route").get("properties").get("timeouts");

    assertThat(timeouts.get("$ref").asString()).isEqualTo("#/$defs/timeout-parts");
    assertThat(timeouts.get("description").asString()).contains("`defaults.timeouts`");
    definition("timeout-parts")
        .get("properties")
        .forEach(property -> assertThat(property.has("default")).isFalse());
  }

  private static JsonNode definition(String name) {
    return SCHEMA.get("$defs").get(name);
  }

  private static void validate(JsonNode value, JsonNode schema, String path, List<String> errors) {
    assertThat(schema.propertyNames()).isSubsetOf(KEYWORDS);
    if (schema.has("$ref")) {
      String name = schema.get("$ref").asString().substring("#/$defs/".length());
      validate(value, definition(name), path, errors);
    }
    if (schema.has("anyOf") && !matchesAny(value, schema.get("anyOf"))) {
      errors.add(path + ": none of the alternatives");
    }
    if (schema.has("const") && !value.equals(schema.get("const"))) {
      errors.add(path + ": another word");
    }
    if (schema.has("enum") && !contains(schema.get("enum"), value)) {
      errors.add(path + ": none of the words");
    }
    if (schema.has("type") && !hasType(value, schema.get("type"))) {
      errors.add(path + ": another type");
    }
    if (value.isString() && !value.asString().isEmpty() && schema.has("pattern")) {
      if (!value.asString().matches("(?s).*(" + schema.get("pattern").asString() + ").*")) {
        errors.add(path + ": another pattern");
      }
    }
    if (value.isNumber() && schema.has("minimum")) {
      double number = value.asDouble();
      if (number < schema.get("minimum").asDouble() || number > schema.get("maximum").asDouble()) {
        errors.add(path + ": out of range");
      }
    }
    if (value.isArray() && schema.has("items")) {
      if (value.size() < schema.path("minItems").asInt(0)) {
        errors.add(path + ": too few");
      }
      value.forEach(item -> validate(item, schema.get("items"), path + "[]", errors));
    }
    if (value.isObject()) {
      validateObject(value, schema, path, errors);
    }
  }

  private static void validateObject(
      JsonNode value, JsonNode schema, String path, List<String> errors) {
    schema.path("required").forEach(key -> require(value, key.asString(), path, errors));
    for (Map.Entry<String, JsonNode> property : value.properties()) {
      String to = path + "." + property.getKey();
      JsonNode known = schema.path("properties").path(property.getKey());
      JsonNode others = schema.path("additionalProperties");
      if (!known.isMissingNode()) {
        validate(property.getValue(), known, to, errors);
      } else if (others.isObject()) {
        validate(property.getValue(), others, to, errors);
      } else if (others.isBoolean()) {
        errors.add(to + ": unknown");
      }
      String names = schema.path("propertyNames").path("pattern").asString("");
      if (!names.isEmpty() && !property.getKey().matches(names)) {
        errors.add(to + ": no name");
      }
    }
  }

  private static void require(JsonNode value, String key, String path, List<String> errors) {
    if (!value.has(key)) {
      errors.add(path + "." + key + ": missing");
    }
  }

  private static boolean matchesAny(JsonNode value, JsonNode alternatives) {
    for (JsonNode alternative : alternatives) {
      List<String> errors = new ArrayList<>();
      validate(value, alternative, "", errors);
      if (errors.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static boolean contains(JsonNode words, JsonNode value) {
    for (JsonNode word : words) {
      if (word.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasType(JsonNode value, JsonNode type) {
    if (type.isArray()) {
      for (JsonNode one : type) {
        if (hasType(value, one)) {
          return true;
        }
      }
      return false;
    }
    return switch (type.asString()) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isString();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      default -> throw new AssertionError(type);
    };
  }
}
