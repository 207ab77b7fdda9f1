package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the bytecode does not show: reads the sources of the modules that are delivered. */
class TidyTest {

  private static final List<Path> SOURCES =
      List.of(Path.of("src/main"), Path.of("../gateway-app/src/main"));

  /**
   * What may not stand in a line.
   *
   * @param instead what to write in its place
   * @param bad must be found
   * @param good must not be found
   */
  private record Ban(String regex, String instead, String bad, String good) {

    boolean isBrokenBy(String line) {
      return Pattern.compile(regex).matcher(line).find();
    }
  }

  private static final List<Ban> BANS =
      List.of(
          new Ban(
              "\\b(TODO|FIXME|XXX)\\b",
              "do it, or open an issue and say in a comment what holds today",
              "// TODO: bound this",
              "int TODOS = 1;"),
          new Ban("\\t", "two spaces", "\tint a;", "  int a;"),
          new Ban(
              "@author",
              "nothing: the history knows",
              " * @author somebody",
              " * the author of a header"),
          new Ban(
              "Queues\\s*\\.\\s*(<\\w+>\\s*)?unbounded",
              "Queues.get(max) with a maximum that has a name",
              "Queues.<ByteBuf>unbounded().get()",
              "Queues.<ByteBuf>get(MAX_WAITING).get()"),
          new Ban(
              "onBackpressureBuffer\\(\\s*\\)",
              "onBackpressureBuffer(max, ...) with a maximum that has a name",
              "Sinks.many().multicast().onBackpressureBuffer()",
              "flux.onBackpressureBuffer(MAX_WAITING)"),
          new Ban(
              "new\\s+(LinkedBlocking(Queue|Deque)|PriorityBlockingQueue)<[^>]*>\\(\\s*\\)",
              "a capacity that has a name",
              "new LinkedBlockingQueue<>()",
              "new LinkedBlockingQueue<>(MAX_WAITING)"),
          new Ban(
              "pendingAcquireMaxCount\\(\\s*-1\\s*\\)",
              "a maximum that has a name",
              ".pendingAcquireMaxCount(-1)",
              ".pendingAcquireMaxCount(policy.maxPending())"),
          new Ban(
              "(^|[\\s\"'(=])(/(home|root|Users|tmp|work|mnt)/\\w|[A-Z]:\\\\\\w)",
              "a path from the configuration, or relative to the module",
              "Path.of(\"/home/somebody/weir\")",
              "PathPattern.parse(\"/orders/home/{id}\")"));

  private static List<Path> files() {
    List<Path> files = new ArrayList<>();
    for (Path source : SOURCES) {
      if (Files.isDirectory(source)) {
        try (Stream<Path> tree = Files.walk(source)) {
          tree.filter(
                  file -> file.toString().matches(".*\\.(java|yaml|yml|xml|lua|sql|properties)"))
              .forEach(files::add);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return files;
  }

  @TestFactory
  Stream<DynamicTest> hasNoLineWith() {
    return BANS.stream()
        .map(
            ban ->
                DynamicTest.dynamicTest(ban.regex(), () -> assertThat(linesWith(ban)).isEmpty()));
  }

  private static List<String> linesWith(Ban ban) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files()) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (ban.isBrokenBy(lines.get(i))) {
          String place = file + ":" + (i + 1) + ": " + lines.get(i).strip();
          found.add(place + " (instead: " + ban.instead() + ")");
        }
      }
    }
    return found;
  }

  @TestFactory
  Stream<DynamicTest> findsWhatItBans() {
    return BANS.stream()
        .map(
            ban ->
                DynamicTest.dynamicTest(
                    ban.regex(),
                    () -> {
                      assertThat(ban.isBrokenBy(ban.bad())).isTrue();
                      assertThat(ban.isBrokenBy(ban.good())).isFalse();
                    }));
  }

  @Test
  void describesEveryPackage() {
    Set<Path> packages =
        files().stream()
            .filter(file -> file.toString().endsWith(".java"))
            .map(Path::getParent)
            .collect(Collectors.toSet());

    assertThat(packages).isNotEmpty();
    assertThat(packages)
        .as("each package has a package-info.java that says its one job, and is null-marked")
        .allSatisfy(
            folder ->
                assertThat(folder.resolve("package-info.java"))
                    .exists()
                    .content()
                    .startsWith("/**")
                    .contains("@NullMarked", "@CheckReturnValue"));
  }

  @Test
  void readsTheSources() {
    assertThat(files()).hasSizeGreaterThan(80);
  }
}
