package dev.weir.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The pages in docs that are written from the records, and not by hand. */
class GeneratedDocsTest {

  private static String reference() {
    return SettingsReader.reference(
        Given.resource("introduction.md"), Given.resource("complete.yaml"));
  }

  @Test
  void settingsAreThoseOfTheRecords() throws IOException {
    GeneratedPage.isCurrent("settings.md", reference());
  }

  @Test
  void schemaIsThatOfTheRecords() throws IOException {
    GeneratedPage.isCurrent("gateway.schema.json", SettingsReader.schema());
  }

  @Test
  void everySettingIsInTheCompleteExample() {
    Matcher row = Pattern.compile("(?m)^\\| `([a-z-]+)` \\|").matcher(reference());
    String example = Given.resource("complete.yaml");
    int rows = 0;
    while (row.find()) {
      rows++;
      assertThat(example).containsPattern("(?m)(^|[ {])" + row.group(1) + ":");
    }
    assertThat(rows).isGreaterThan(70);
  }

  @Test
  void linksOfTheReferenceLeadSomewhere() {
    String page = reference();
    Matcher link = Pattern.compile("]\\(#([a-z-]+)\\)").matcher(page);
    while (link.find()) {
      String heading = link.group(1).equals("kinds-of-values") ? "Kinds of values" : link.group(1);
      assertThat(page).contains("\n## " + heading + "\n");
    }
  }

  @Test
  void rowsHaveFourCells() {
    assertThat(reference().lines().filter(line -> line.startsWith("| `") && line.length() > 100))
        .allSatisfy(line -> assertThat(line.split("(?<!\\\\)\\|", -1)).hasSize(6));
  }
}
