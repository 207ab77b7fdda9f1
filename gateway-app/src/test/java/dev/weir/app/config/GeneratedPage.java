package dev.weir.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page in docs that is written by a test, and not by hand. */
public final class GeneratedPage {

  private static final String UPDATE =
      "mvn -q -pl gateway-app -am test -Dtest='GeneratedDocsTest,*PageTest'"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dweir.docs.update=true";
  private static final Path DOCS = Path.of("..", "docs");

  private GeneratedPage() {}

  /** Fails if the page says something else, or writes it anew if it is told to. */
  public static void isCurrent(String name, String content) throws IOException {
    Path file = DOCS.resolve(name);
    if (Boolean.getBoolean("weir.docs.update")) {
      Files.writeString(file, content);
    }
    assertThat(Files.exists(file) ? Files.readString(file) : "")
        .as("%s is not what the program says; write it anew with%n  %s", name, UPDATE)
        .isEqualTo(content);
  }
}
