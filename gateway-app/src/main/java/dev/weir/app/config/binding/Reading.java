package dev.weir.app.config.binding;

import java.util.List;

/** What came of reading a file. */
public sealed interface Reading<T> {

  /** All of them, in the order of the file. */
  List<Problem> problems();

  /**
   * The file can be used.
   *
   * @param problems warnings only
   */
  record Accepted<T>(T settings, List<Problem> problems) implements Reading<T> {}

  /**
   * It can't.
   *
   * @param problems errors only, at least one
   */
  record Refused<T>(List<Problem> problems) implements Reading<T> {}
}
