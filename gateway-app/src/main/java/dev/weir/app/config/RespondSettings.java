package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Keys;
import dev.weir.app.config.binding.Problems;
import dev.weir.app.config.binding.Range;
import dev.weir.app.config.binding.Size;
import java.util.Map;
import java.util.Set;

/** An answer that is always the same. */
@Doc("An answer that is always the same.")
public record RespondSettings(
    @Doc("Its status.") @Default("200") @Range(min = "200", max = "599") int status,
    @Doc("Its header fields.")
        @Default("{}")
        @Keys(name = "field", regex = FieldRules.NAME_REGEX, expected = FieldRules.NAME_EXPECTED)
        @Size(max = 64)
        Map<String, String> headers,
    @Doc("Its body, sent in UTF-8.") @Default("''") String body)
    implements Checked {

  /** RFC 9110 §15.3.5, §15.3.6, §15.4.5. */
  private static final Set<Integer> WITHOUT_BODY = Set.of(204, 205, 304);

  @Override
  public void check(Problems at) {
    if (!body.isEmpty() && WITHOUT_BODY.contains(status)) {
      at.report("body", "none with status " + status);
    }
    FieldRules.checkSent(headers, at.at("headers"));
  }
}
