package dev.weir.ratelimit;

import java.util.List;

/**
 * What all limits of a request say together. All or nothing: one that is refused has cost nothing
 * at any of them.
 *
 * @param verdicts in the order of the charges
 */
public record Decision(List<Verdict> verdicts) {

  /** Of a request without limits. */
  public static final Decision NONE = new Decision(List.of());

  /** Whether no limit that is to be obeyed says no. */
  public boolean isAdmitted() {
    for (Verdict verdict : verdicts) {
      if (verdict.isRefusal()) {
        return false;
      }
    }
    return true;
  }
}
