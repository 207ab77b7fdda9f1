package dev.weir.app.config;

import dev.weir.app.config.binding.Checked;
import dev.weir.app.config.binding.Default;
import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Keys;
import dev.weir.app.config.binding.Matches;
import dev.weir.app.config.binding.Problems;
import dev.weir.app.config.binding.Size;
import dev.weir.http.HeaderEdits;
import java.util.List;
import java.util.Map;

/** Changes to header fields. */
@Doc("Changes to header fields: first some are removed, then some set, then some added.")
public record HeaderEditSettings(
    @Doc("Fields with their values; each replaces all fields of its name.")
        @Default("{}")
        @Keys(name = "field", regex = FieldRules.NAME_REGEX, expected = FieldRules.NAME_EXPECTED)
        @Size(max = 64)
        Map<String, String> set,
    @Doc("Fields with their values; fields of the same name stay.")
        @Default("{}")
        @Keys(name = "field", regex = FieldRules.NAME_REGEX, expected = FieldRules.NAME_EXPECTED)
        @Size(max = 64)
        Map<String, String> add,
    @Doc("Names of fields.")
        @Default("[]")
        @Matches(regex = FieldRules.NAME_REGEX, expected = FieldRules.NAME_EXPECTED)
        @Size(max = 64)
        List<String> remove)
    implements Checked {

  @Override
  public void check(Problems at) {
    FieldRules.checkSent(set, at.at("set"));
    FieldRules.checkSent(add, at.at("add"));
    for (int i = 0; i < remove.size(); i++) {
      FieldRules.checkName(remove.get(i), at.at("remove").at(i));
    }
  }

  /** What holds for requests besides. */
  void checkForRequest(Problems at) {
    set.keySet().forEach(name -> FieldRules.checkNotHost(name, at.at("set").atKey(name)));
    add.keySet().forEach(name -> FieldRules.checkNotHost(name, at.at("add").atKey(name)));
    for (int i = 0; i < remove.size(); i++) {
      FieldRules.checkNotHost(remove.get(i), at.at("remove").at(i));
    }
  }

  public HeaderEdits edits() {
    return new HeaderEdits(remove, set, add);
  }
}
