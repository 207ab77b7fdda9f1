package dev.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ARCHITECTURE.md} repeats the lists of {@code RequestPath}, step by step. */
final class ArchitecturePageTest {

  private static final Path PAGE = Path.of("..", "ARCHITECTURE.md");
  private static final Path SOURCE =
      Path.of("..", "gateway-core", "src/main/java/dev/weir/route/RequestPath.java");

  @ParameterizedTest
  @ValueSource(strings = {"everyRequest", "onRoute", "toUpstream", "toEndpoint"})
  void hasTheStepsOf(String list) throws IOException {
    List<String> steps = steps(Files.readString(SOURCE), list);

    assertThat(steps).hasSizeGreaterThan(3);
    assertThat(told(Files.readString(PAGE), list)).isEqualTo(steps);
  }

  /** The first word in code of each numbered line under the heading that names the list. */
  private static List<String> told(String page, String list) {
    Matcher section = Pattern.compile("(?ms)^### `" + list + "`.*?(?=^#|\\z)").matcher(page);
    assertThat(section.find()).as("a heading for %s", list).isTrue();
    return Pattern.compile("(?m)^\\d+\\. `(\\w+)`")
        .matcher(section.group())
        .results()
        .map(line -> line.group(1))
        .toList();
  }

  /** What is new in each step, or what the method that makes the step makes. */
  private static List<String> steps(String source, String list) {
    List<String> steps = new ArrayList<>();
    Matcher step =
        Pattern.compile("\\.(?:through|to)\\((?:new )?([\\w.]+)").matcher(body(source, list));
    while (step.find()) {
      String name = step.group(1).substring(step.group(1).lastIndexOf('.') + 1);
      if (!name.equals("endpoint")) {
        steps.add(made(source, name));
      }
    }
    return steps;
  }

  private static String made(String source, String name) {
    if (!Pattern.compile("private .* " + name + "\\(").matcher(source).find()) {
      return name;
    }
    Matcher filter = Pattern.compile("new (\\w+Filter)\\(").matcher(body(source, name));
    return filter.find() ? filter.group(1) : name;
  }

  private static String body(String source, String method) {
    Matcher body =
        Pattern.compile("(?ms)^  (?:public|private) [^=;]*? " + method + "\\(.*?^  }$")
            .matcher(source);
    assertThat(body.find()).as("a method %s", method).isTrue();
    return body.group();
  }
}
