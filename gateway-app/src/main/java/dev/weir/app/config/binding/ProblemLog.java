package dev.weir.app.config.binding;

import dev.weir.app.config.binding.Problem.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * The problems of one file, as they are found.
 *
 * <p>Past a bound they are only counted: a file that is wrong in a thousand places is most likely
 * another kind of file. Warnings are left out beside errors, which may well be their cause.
 */
final class ProblemLog {

  /** How many are told one by one. */
  static final int MAX_TOLD = 100;

  private static final Comparator<Problem> BY_PLACE =
      Comparator.comparing(Problem::place, Comparator.nullsFirst(Comparator.naturalOrder()));

  private final String file;
  private final Told errors = new Told();
  private final Told warnings = new Told();

  ProblemLog(String file) {
    this.file = file;
  }

  /** About the file as a whole. */
  void error(String message) {
    errors.add(() -> new Problem(Severity.ERROR, file, null, message));
  }

  void error(Place place, KeyPath path, String message) {
    error(place, path, () -> message);
  }

  /** With a message that takes time to find. */
  void error(Place place, KeyPath path, Supplier<String> message) {
    errors.add(() -> new Problem(Severity.ERROR, file, place, path.before(message.get())));
  }

  void warning(Place place, KeyPath path, String message) {
    warnings.add(() -> new Problem(Severity.WARNING, file, place, path.before(message)));
  }

  boolean hasErrors() {
    return !errors.first.isEmpty();
  }

  /** In the order of the file. */
  List<Problem> problems() {
    Told told = hasErrors() ? errors : warnings;
    List<Problem> problems = new ArrayList<>(told.first);
    problems.sort(BY_PLACE);
    if (told.more > 0) {
      Severity severity = hasErrors() ? Severity.ERROR : Severity.WARNING;
      problems.add(new Problem(severity, file, null, "and " + told.more + " more problems"));
    }
    return List.copyOf(problems);
  }

  /** The first ones, and how many came after them. */
  private static final class Told {

    private final List<Problem> first = new ArrayList<>();
    private int more;

    void add(Supplier<Problem> problem) {
      if (first.size() < MAX_TOLD) {
        first.add(problem.get());
      } else {
        more++;
      }
    }
  }
}
