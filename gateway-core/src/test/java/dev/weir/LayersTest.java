package dev.weir;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.onlyDependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.weir.http.Filter;
import dev.weir.violations.filter.NoFilter;
import dev.weir.violations.http.KnowsARoute;
import dev.weir.violations.loop.KnowsAFilter;
import dev.weir.violations.resilience.KnowsHttp;
import dev.weir.violations.telemetry.LooksUpNames;
import dev.weir.violations.telemetry.OpensSockets;
import dev.weir.violations.telemetry.Prints;
import dev.weir.violations.telemetry.ReadsTheClock;
import dev.weir.violations.telemetry.Sleeps;
import dev.weir.violations.telemetry.TouchesFiles;
import dev.weir.violations.telemetry.Waits;
import dev.weir.violations.util.Homeless;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What the rooms may know of each other, and what nobody may do. Each rule is also run against
 * {@code dev.weir.violations}, where it must find something.
 */
class LayersTest {

  /** A room may use those before it, never those after it. */
  private static final List<String> ROOMS =
      List.of(
          "http",
          "telemetry",
          "resilience",
          "loop",
          "http2",
          "websocket",
          "ratelimit",
          "upstream",
          "cache",
          "idempotency",
          "filter",
          "route",
          "job",
          "realtime");

  /** In {@code dev.weir.violations}: one at the beginning, one in the middle. */
  private static final Map<String, Class<?>> INDISCREET =
      Map.of("http", KnowsARoute.class, "loop", KnowsAFilter.class);

  private static final String MAIN = "dev.weir";
  private static final String VIOLATIONS = "dev.weir.violations";

  private static final JavaClasses MAIN_CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(MAIN);
  private static final JavaClasses VIOLATING_CLASSES =
      new ClassFileImporter().importPackages(VIOLATIONS);

  /**
   * A rule, and who breaks it on purpose.
   *
   * @param violation in {@code dev.weir.violations}; null, if another room breaks the same rule
   */
  private record Rule(String name, @Nullable Class<?> violation, ArchRule rule) {}

  private static List<Rule> rules(String root) {
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < ROOMS.size() - 1; i++) {
      rules.add(aRoomKnowsOnlyThoseBeforeIt(root, i));
    }
    rules.add(noCycles(root));
    rules.add(everyClassIsInARoom(root));
    rules.add(resilienceKnowsNoHttp(root));
    rules.add(aFilterIsAFilter(root));
    rules.add(nobodyWaits());
    rules.add(nobodySleeps());
    rules.add(nobodyPrints());
    rules.add(nobodyTouchesFiles());
    rules.add(nobodyOpensBlockingSockets());
    rules.add(nobodyLooksUpNames());
    rules.add(nobodyReadsTheMachinesClock(root));
    return rules;
  }

  private static Rule aRoomKnowsOnlyThoseBeforeIt(String root, int i) {
    String name = ROOMS.get(i);
    return new Rule(
        name + " knows only the rooms before it",
        INDISCREET.get(name),
        noClasses()
            .that()
            .resideInAPackage(room(root, name))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                ROOMS.subList(i + 1, ROOMS.size()).stream()
                    .map(later -> room(root, later))
                    .toArray(String[]::new))
            .because("a room that knows one after it can't be read, tested or moved alone"));
  }

  private static String room(String root, String name) {
    return root + "." + name + "..";
  }

  private static Rule noCycles(String root) {
    return new Rule(
        "no cycles",
        KnowsARoute.class,
        slices()
            .matching(root + ".(*)..")
            .should()
            .beFreeOfCycles()
            .because("of two packages that know each other neither can be understood first"));
  }

  private static Rule everyClassIsInARoom(String root) {
    return new Rule(
        "every class is in a room",
        Homeless.class,
        classes()
            .should()
            .resideInAnyPackage(ROOMS.stream().map(name -> room(root, name)).toArray(String[]::new))
            .because("a package that is not in the list of rooms is bound by none of its rules"));
  }

  private static Rule resilienceKnowsNoHttp(String root) {
    return new Rule(
        "resilience knows no HTTP and no Netty",
        KnowsHttp.class,
        classes()
            .that()
            .resideInAPackage(room(root, "resilience"))
            .should(
                onlyDependOnClassesThat(
                    resideInAnyPackage(
                        "java..",
                        "reactor.core..",
                        "reactor.util..",
                        "org.reactivestreams..",
                        "org.jspecify..",
                        "com.google.errorprone.annotations..",
                        "org.slf4j..",
                        root + ".resilience..")))
            .because("a mechanism on a call serves every kind of call, and is tested without one"));
  }

  private static Rule aFilterIsAFilter(String root) {
    return new Rule(
        "each top-level class in filter is a filter",
        NoFilter.class,
        classes()
            .that()
            .resideInAPackage(room(root, "filter"))
            .and()
            .areTopLevelClasses()
            .and()
            .doNotHaveSimpleName("package-info")
            .should()
            .implement(Filter.class)
            .because("the folder is the list of steps; what helps a step is a part of it"));
  }

  private static Rule nobodyWaits() {
    DescribedPredicate<JavaAccess<?>> isWait =
        calls("wait for a Mono", Mono.class, "block", "blockOptional")
            .or(calls("wait for a Flux", Flux.class, "blockFirst", "blockLast"))
            .or(calls("pull from a Flux", Flux.class, "toIterable", "toStream"));
    return new Rule(
        "nobody waits for a signal",
        Waits.class,
        noClasses()
            .should()
            .accessTargetWhere(isWait)
            .because("an event loop serves every connection assigned to it; use flatMap or then"));
  }

  private static Rule nobodySleeps() {
    return new Rule(
        "nobody sleeps",
        Sleeps.class,
        noClasses()
            .should()
            .accessTargetWhere(calls("Thread.sleep", Thread.class, "sleep"))
            .because(
                "an event loop serves every connection assigned to it; use a timer of the clock"));
  }

  private static Rule nobodyPrints() {
    return new Rule(
        "nobody prints",
        Prints.class,
        noClasses()
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .because("printing waits for whoever reads it; use telemetry or a logger"));
  }

  private static Rule nobodyTouchesFiles() {
    return new Rule(
        "nobody touches files",
        TouchesFiles.class,
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.nio.file..")
            .orShould()
            .dependOnClassesThat(named("java\\.io\\.(RandomAccess)?File.*"))
            .orShould()
            .dependOnClassesThat(named("java\\.nio\\.channels\\.(Asynchronous)?FileChannel"))
            .because(
                "disks wait, and the library knows none; gateway-app reads files at its start"));
  }

  private static Rule nobodyOpensBlockingSockets() {
    return new Rule(
        "nobody opens blocking sockets",
        OpensSockets.class,
        noClasses()
            .should()
            .dependOnClassesThat(
                named("java\\.net\\.((Server|Datagram|Multicast)?Socket|.*URLConnection)"))
            .because("they wait for the other side; use the connectors"));
  }

  private static Rule nobodyLooksUpNames() {
    return new Rule(
        "nobody looks up names",
        LooksUpNames.class,
        noClasses()
            .should()
            .accessTargetWhere(
                calls(
                    "a look-up",
                    InetAddress.class,
                    "getByName",
                    "getAllByName",
                    "getLocalHost",
                    "getHostName",
                    "getCanonicalHostName"))
            .because(
                "the operating system answers when it likes; the client resolves on its loop"));
  }

  private static Rule nobodyReadsTheMachinesClock(String root) {
    return new Rule(
        "nobody reads the machine's clock",
        ReadsTheClock.class,
        noClasses()
            .that()
            .resideOutsideOfPackage(room(root, "loop"))
            .should()
            .accessTargetWhere(
                calls("the clock", System.class, "nanoTime", "currentTimeMillis")
                    .or(calls("the time of day", Instant.class, "now"))
                    .or(calls("the time of day", InstantSource.class, "system"))
                    .or(calls("the time of day", Clock.class, "systemUTC", "systemDefaultZone")))
            .because("tests move the clock by hand; take a Scheduler, and ask it for now"));
  }

  private static DescribedPredicate<JavaClass> named(String regex) {
    return describe("named " + regex, type -> type.getName().matches(regex));
  }

  private static DescribedPredicate<JavaAccess<?>> calls(
      String description, Class<?> owner, String... names) {
    DescribedPredicate<JavaClass> isOwner = assignableTo(owner);
    return describe(
        description,
        access ->
            isOwner.test(access.getTargetOwner())
                && List.of(names).contains(access.getTarget().getName()));
  }

  @TestFactory
  Stream<DynamicTest> keeps() {
    return rules(MAIN).stream()
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.name(), () -> rule.rule().allowEmptyShould(true).check(MAIN_CLASSES)));
  }

  @TestFactory
  Stream<DynamicTest> bites() {
    return rules(VIOLATIONS).stream()
        .filter(rule -> rule.violation() != null)
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.name(),
                    () ->
                        assertThat(
                                rule.rule()
                                    .evaluate(VIOLATING_CLASSES)
                                    .getFailureReport()
                                    .getDetails())
                            .anyMatch(line -> line.contains(rule.violation().getName()))));
  }

  /** What breaks one rule on purpose is not what the others were made for. */
  @Test
  void bitesWhatItIsMadeForOnly() {
    for (Rule rule : rules(VIOLATIONS)) {
      boolean isBroken =
          rule.rule().allowEmptyShould(true).evaluate(VIOLATING_CLASSES).hasViolation();

      assertThat(isBroken).as(rule.name()).isEqualTo(rule.violation() != null);
    }
  }

  @Test
  void seesTheClasses() {
    assertThat(MAIN_CLASSES.size()).isGreaterThan(80);
    assertThat(MAIN_CLASSES).noneMatch(type -> type.getName().endsWith("Test"));
  }
}
