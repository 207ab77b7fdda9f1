package dev.weir.app.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.Await;
import dev.weir.testing.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** rate.1, P7: gateways in processes of their own, and one Redis: as many as there are, no more. */
final class SharedLimitTest {

  private static final Pattern LISTENS =
      Pattern.compile("listens on http://127.0.0.1:(\\d+), admin on http://127.0.0.1:(\\d+)");
  private static final int LOOPS = 2;
  private static final int LEASE = 10;
  private static final int TOKENS = 400;

  @TempDir private Path folder;

  /** A gateway as a process. */
  private final class Member implements AutoCloseable {

    private final Path log;
    private final Process process;
    private int port;
    private int admin;

    Member(Path settings, int number) throws IOException {
      this.log = folder.resolve(number + ".log");
      this.process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-Xmx128m",
                  "-Dio.netty.allocator.type=pooled",
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  "dev.weir.app.Main",
                  "run",
                  settings.toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    }

    void await() {
      Await.until(() -> "a gateway; it says " + text(), this::isUp);
    }

    private boolean isUp() {
      Matcher listens = LISTENS.matcher(text());
      if (!listens.find()) {
        return false;
      }
      port = Integer.parseInt(listens.group(1));
      admin = Integer.parseInt(listens.group(2));
      try (RawClient client = new RawClient(admin)) {
        return client.get("/limits", "Host: 127.0.0.1\r\n").answer().text().contains("\"up\":2");
      }
    }

    private String text() {
      try {
        return Files.readString(log);
      } catch (IOException e) {
        return "" + e;
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
      try {
        process.waitFor(20, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void admitExactlyAsManyAsThereAre() throws Exception {
    try (RedisServer redis = RedisServer.start()) {
      Path settings = folder.resolve("gateway.yaml");
      Files.writeString(
          settings,
          """
          listen: 127.0.0.1:0
          admin: 127.0.0.1:0
          access-log: none
          event-loops: %d
          redis: {nodes: "%s", gateways: 3, command-timeout: 10s, hang: 20s}
          rate-limits:
            exact: {rate: %d, per: 30d, key: []}
            window: {rate: %d, per: 30d, key: [], algorithm: sliding-window}
            leased: {rate: %d, per: 30d, key: [], mode: leased, lease: %d}
          routes:
            - {id: exact, path: /exact, rate-limits: exact, respond: {body: ok}}
            - {id: window, path: /window, rate-limits: window, respond: {body: ok}}
            - {id: leased, path: /leased, rate-limits: leased, respond: {body: ok}}
          """
              .formatted(LOOPS, redis.address(), TOKENS, TOKENS, TOKENS, LEASE));
      List<Member> members = new ArrayList<>();
      try {
        for (int i = 0; i < 3; i++) {
          members.add(new Member(settings, i));
        }
        members.forEach(Member::await);

        assertThat(admitted(members, "/exact")).isEqualTo(TOKENS);
        assertThat(admitted(members, "/window")).isEqualTo(TOKENS);
        assertThat(admitted(members, "/leased"))
            .as("what was fetched and not used is lost; nothing is made")
            .isBetween(TOKENS - members.size() * LOOPS * LEASE, TOKENS);
      } finally {
        members.forEach(Member::close);
      }
    }
  }

  /** Of more requests than there are tokens, from all gateways at once. */
  private static int admitted(List<Member> members, String path) throws Exception {
    List<CompletableFuture<Integer>> clients = new ArrayList<>();
    for (Member member : members) {
      for (int i = 0; i < 4; i++) {
        clients.add(CompletableFuture.supplyAsync(() -> ask(member.port, path)));
      }
    }
    int sum = 0;
    for (CompletableFuture<Integer> client : clients) {
      sum += client.get();
    }
    return sum;
  }

  private static int ask(int port, String path) {
    int admitted = 0;
    try (RawClient client = new RawClient(port)) {
      for (int i = 0; i < TOKENS / 4; i++) {
        int status = client.get(path).answer().status();
        assertThat(status).isIn(200, 429);
        admitted += status == 200 ? 1 : 0;
      }
    }
    return admitted;
  }
}
