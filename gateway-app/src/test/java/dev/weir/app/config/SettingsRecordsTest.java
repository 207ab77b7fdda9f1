package dev.weir.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.config.binding.Doc;
import dev.weir.app.config.binding.Range;
import dev.weir.app.config.binding.Secret;
import dev.weir.app.config.binding.Size;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The records themselves: a setting that is not described or bounded is not finished. */
class SettingsRecordsTest {

  private static final Set<Class<?>> WITH_RANGE =
      Set.of(int.class, long.class, Integer.class, Duration.class, ByteSize.class);

  private static final Set<Class<?>> RECORDS = records();

  private static Set<Class<?>> records() {
    Set<Class<?>> found = new LinkedHashSet<>(Set.of(Settings.class));
    List<Class<?>> open = new ArrayList<>(found);
    while (!open.isEmpty()) {
      for (RecordComponent component : open.remove(0).getRecordComponents()) {
        Class<?> type = innermost(component);
        if (type.isRecord() && type.isAnnotationPresent(Doc.class) && found.add(type)) {
          open.add(type);
        }
      }
    }
    return found;
  }

  private static Class<?> innermost(RecordComponent component) {
    Type type = component.getGenericType();
    while (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      type = arguments[arguments.length - 1];
    }
    return (Class<?>) type;
  }

  private static List<RecordComponent> components() {
    return RECORDS.stream().flatMap(type -> List.of(type.getRecordComponents()).stream()).toList();
  }

  @Test
  void areAllFound() {
    assertThat(RECORDS)
        .hasSize(28)
        .contains(BreakerSettings.class, HeaderEditSettings.class, ShareSettings.class);
  }

  @Test
  void everySettingIsDescribedInSentences() {
    assertThat(components())
        .hasSizeGreaterThan(70)
        .allSatisfy(
            component -> {
              assertThat(component.isAnnotationPresent(Doc.class)).as("%s", component).isTrue();
              assertThat(component.getAnnotation(Doc.class).value())
                  .matches("[A-Z0-9`].*[^ .]\\.")
                  .doesNotContain("  ", "\n");
            });
    assertThat(RECORDS)
        .allSatisfy(type -> assertThat(type.getAnnotation(Doc.class).value()).endsWith("."));
  }

  @Test
  void everyNumberHasARange() {
    assertThat(components())
        .filteredOn(component -> WITH_RANGE.contains(innermost(component)))
        .hasSizeGreaterThan(35)
        .allSatisfy(
            component ->
                assertThat(component.isAnnotationPresent(Range.class))
                    .as("%s", component)
                    .isTrue());
  }

  @Test
  void everyListAndMapHasABound() {
    assertThat(components())
        .filteredOn(
            component -> component.getType() == List.class || component.getType() == Map.class)
        .hasSizeGreaterThan(10)
        .allSatisfy(
            component ->
                assertThat(component.isAnnotationPresent(Size.class)).as("%s", component).isTrue());
  }

  @Test
  void everyRecordWithASecretKeepsIt() throws ReflectiveOperationException {
    for (RecordComponent component : components()) {
      if (component.isAnnotationPresent(Secret.class)) {
        Class<?> record = component.getDeclaringRecord();
        assertThat(record.getMethod("toString").getDeclaringClass()).isEqualTo(record);
      }
    }
  }
}
