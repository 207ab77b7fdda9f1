package dev.weir.app.redis;

import dev.weir.testing.RawClient;
import dev.weir.testing.RawClient.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Clients that ask for some paths in turn, each on one connection, and note what they were told.
 */
final class LimitLoad implements AutoCloseable {

  private static final Pattern CODE = Pattern.compile("\"code\":\"(\\w+)\"");
  private static final Pattern DETAIL = Pattern.compile("\"detail\":\"([^\"]*)\"");

  private final Queue<Told> told = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean isOver;

  /**
   * One answer.
   *
   * @param key of the client, {@code k0} to {@code k19}
   * @param degraded how it came about if a limit could not be asked; else null
   * @param code of the problem, if it is one
   * @param nanos from the request to the answer
   * @param end when the answer came, on the clock of {@link System#nanoTime}
   */
  record Told(
      String path,
      String key,
      int status,
      String degraded,
      String code,
      String detail,
      long nanos,
      long end) {}

  private LimitLoad() {}

  /** So many clients, each of which has one of a few keys. */
  static LimitLoad start(int port, int clients, String... paths) {
    return start(port, clients, () -> "k" + ThreadLocalRandom.current().nextInt(20), paths);
  }

  /** So many clients, each of whose requests has a key of that kind. */
  static LimitLoad start(int port, int clients, Supplier<String> keys, String... paths) {
    LimitLoad load = new LimitLoad();
    for (int i = 0; i < clients; i++) {
      int first = i;
      Thread thread = new Thread(() -> load.ask(port, first, keys, paths), "limit-load");
      thread.start();
      load.threads.add(thread);
    }
    return load;
  }

  private void ask(int port, int first, Supplier<String> keys, String... paths) {
    try (RawClient client = new RawClient(port)) {
      for (int i = first; !isOver; i++) {
        String path = paths[i % paths.length];
        String key = keys.get();
        long start = System.nanoTime();
        Answer answer = client.get(path, "X-Id: " + key + "\r\n").answer();
        long end = System.nanoTime();
        told.add(
            new Told(
                path,
                key,
                answer.status(),
                answer.field("x-ratelimit-degraded"),
                member(CODE, answer),
                member(DETAIL, answer),
                end - start,
                end));
      }
    } catch (RuntimeException e) {
      failures.add(e);
    }
  }

  private static String member(Pattern member, Answer answer) {
    Matcher found = member.matcher(answer.text());
    return found.find() ? found.group(1) : "";
  }

  /** What was told since somebody asked last. */
  List<Told> take() {
    List<Told> taken = new ArrayList<>();
    for (Told one = told.poll(); one != null; one = told.poll()) {
      taken.add(one);
    }
    return taken;
  }

  int count() {
    return told.size();
  }

  /** Ends the clients; fails if one of them has. */
  @Override
  public void close() {
    isOver = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (!failures.isEmpty()) {
      throw new AssertionError("a client failed", failures.peek());
    }
  }

  /** That part of the times, in milliseconds. */
  static double percentileMillis(List<Told> told, double percent) {
    long[] nanos = told.stream().mapToLong(Told::nanos).sorted().toArray();
    int index = (int) Math.ceil(nanos.length * percent / 100) - 1;
    return nanos.length == 0 ? 0 : nanos[Math.max(0, index)] / 1e6;
  }
}
