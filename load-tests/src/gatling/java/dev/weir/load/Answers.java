package dev.weir.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntPredicate;

/** What clients got, and when, for questions about some seconds of a simulation. */
final class Answers {

  private final Queue<Got> all = new ConcurrentLinkedQueue<>();
  private final long start = System.nanoTime();

  private record Got(int second, int status, int millis) {}

  void add(int status, int millis) {
    all.add(new Got((int) ((System.nanoTime() - start) / 1_000_000_000), status, millis));
  }

  int count(IntPredicate status) {
    return (int) all.stream().filter(got -> status.test(got.status())).count();
  }

  /** Answers 200 in each second, from the first in which there was any answer. */
  List<Integer> goodPerSecond() {
    int first = all.stream().mapToInt(Got::second).min().orElse(0);
    int last = all.stream().mapToInt(Got::second).max().orElse(0);
    int[] good = new int[last - first + 1];
    all.stream().filter(got -> got.status() == 200).forEach(got -> good[got.second() - first]++);
    List<Integer> seconds = new ArrayList<>();
    for (int count : good) {
      seconds.add(count);
    }
    return seconds;
  }

  /** The latency below which a part of the answers with that status are, from 0 to 1. */
  int millisAt(double part, int status) {
    int[] sorted =
        all.stream().filter(got -> got.status() == status).mapToInt(Got::millis).sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[(int) Math.max(0, Math.ceil(part * sorted.length) - 1)];
  }
}
