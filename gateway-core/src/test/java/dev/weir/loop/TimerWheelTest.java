package dev.weir.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Ticks of ten; eight slots, so that most timers wait for more than one round. */
final class TimerWheelTest {

  private static final int TICK = 10;

  private final TimerWheel wheel = new TimerWheel(TICK, 8, 0);
  private final List<String> log = new ArrayList<>();

  @Test
  void runsATimerAtTheFirstTickThatIsNotBeforeItsTime() {
    wheel.add(() -> log.add("a"), 25);

    wheel.advance(29);
    assertThat(log).isEmpty();
    wheel.advance(30);

    assertThat(log).containsExactly("a");
    assertThat(wheel.size()).isZero();
  }

  @Test
  void doesNotRunATimerAtOnce() {
    wheel.advance(40);
    wheel.add(() -> log.add("a"), 40);

    wheel.advance(49);
    assertThat(log).isEmpty();
    wheel.advance(50);

    assertThat(log).containsExactly("a");
  }

  @Test
  void runsATimerThatWasAddedByOneOfItsOwnTick() {
    wheel.add(() -> wheel.add(() -> log.add("later"), 0), 10);

    wheel.advance(10);
    assertThat(log).isEmpty();
    wheel.advance(20);

    assertThat(log).containsExactly("later");
  }

  @Test
  void doesNotRunATimerThatAnotherOfItsTickHasRemoved() {
    TimerWheel.Timer[] second = new TimerWheel.Timer[1];
    wheel.add(() -> wheel.remove(second[0]), 10);
    second[0] = wheel.add(() -> log.add("removed"), 10);

    wheel.advance(100);

    assertThat(log).isEmpty();
    assertThat(wheel.size()).isZero();
  }

  @Test
  void catchesUpAfterALongPause() {
    wheel.add(() -> log.add("a"), 10);
    wheel.add(() -> log.add("b"), 10_000);

    wheel.advance(1_000_000);

    assertThat(log).containsExactlyInAnyOrder("a", "b");
  }

  /** A step of a random history. */
  private record Step(int kind, int number) {}

  @Provide
  Arbitrary<List<Step>> histories() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 2), Arbitraries.integers().between(0, 300))
        .as(Step::new)
        .list()
        .ofMaxSize(200);
  }

  /** Against a map from each timer to its time. */
  @Property
  void runsEachTimerOnceAtItsTickUnlessItIsRemoved(@ForAll("histories") List<Step> history) {
    TimerWheel any = new TimerWheel(TICK, 8, 0);
    Map<Integer, Long> model = new HashMap<>();
    Map<Integer, TimerWheel.Timer> timers = new HashMap<>();
    List<Integer> ran = new ArrayList<>();
    long now = 0;
    int next = 0;
    for (Step step : history) {
      switch (step.kind()) {
        case 0 -> {
          int id = next++;
          long tick = Math.max(now / TICK + 1, (now + step.number() + TICK - 1) / TICK);
          model.put(id, tick);
          timers.put(id, any.add(() -> ran.add(id), now + step.number()));
        }
        case 1 -> {
          int id = next == 0 ? 0 : step.number() % next;
          if (timers.containsKey(id)) {
            any.remove(timers.get(id));
            model.remove(id);
          }
        }
        default -> {
          now += step.number();
          any.advance(now);
          long tick = now / TICK;
          List<Integer> due = new ArrayList<>();
          model.forEach((id, at) -> addIf(at <= tick, due, id));
          assertThat(ran).containsExactlyInAnyOrderElementsOf(due);
          due.forEach(model::remove);
          ran.clear();
        }
      }
      assertThat(any.size()).isEqualTo(model.size());
    }
  }

  private static void addIf(boolean condition, List<Integer> list, Integer element) {
    if (condition) {
      list.add(element);
    }
  }
}
