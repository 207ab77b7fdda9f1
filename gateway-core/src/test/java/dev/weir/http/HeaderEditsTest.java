package dev.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Changes that a route asks for. */
class HeaderEditsTest {

  private final HttpHeaders headers = Fields.create().add("a", "1").add("A", "2").add("b", "3");

  @Test
  void removesAllFieldsOfAName() {
    new HeaderEdits(List.of("A", "none"), Map.of(), Map.of()).applyTo(headers);

    assertThat(headers).extracting("key").containsExactly("b");
  }

  @Test
  void setsInPlaceOfAllFieldsOfAName() {
    new HeaderEdits(List.of(), Map.of("A", "4", "c", "5"), Map.of()).applyTo(headers);

    assertThat(headers.getAll("a")).containsExactly("4");
    assertThat(headers.getAll("c")).containsExactly("5");
    assertThat(headers.getAll("b")).containsExactly("3");
  }

  @Test
  void addsToTheFieldsOfAName() {
    new HeaderEdits(List.of(), Map.of(), Map.of("a", "4")).applyTo(headers);

    assertThat(headers.getAll("a")).containsExactly("1", "2", "4");
  }

  @Test
  void removesThenSetsThenAdds() {
    new HeaderEdits(List.of("a", "b", "c"), Map.of("a", "4"), Map.of("a", "5", "b", "6"))
        .applyTo(headers);

    assertThat(headers.getAll("a")).containsExactly("4", "5");
    assertThat(headers.getAll("b")).containsExactly("6");
    assertThat(headers.contains("c")).isFalse();
  }

  @Test
  void changesNothingIfThereIsNothingToChange() {
    String before = headers.toString();

    HeaderEdits.NONE.applyTo(headers);

    assertThat(headers).hasToString(before);
  }

  @Test
  void isNotChangedByWhoeverMadeIt() {
    List<String> remove = new ArrayList<>();
    Map<String, String> set = new HashMap<>();
    HeaderEdits edits = new HeaderEdits(remove, set, set);

    remove.add("a");
    set.put("b", "4");

    assertThat(edits).isEqualTo(HeaderEdits.NONE);
  }
}
