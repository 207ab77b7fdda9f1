package dev.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.app.config.Settings;
import dev.weir.app.config.SettingsReader;
import dev.weir.app.config.binding.Reading;
import dev.weir.testing.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** up.4: a start that fails leaves no thread behind. */
final class WiringTest {

  @TempDir private Path directory;

  private static Settings settings(String yaml) {
    Reading<Settings> reading =
        new SettingsReader(name -> null)
            .read("test.yaml", "listen: 127.0.0.1:0\nadmin: 127.0.0.1:0\n" + yaml);
    return ((Reading.Accepted<Settings>) reading).settings();
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("weir-"))
        .collect(Collectors.toSet());
  }

  private static void assertLeavesNothing(Settings settings, String reason) {
    Set<Thread> before = threads();

    assertThatThrownBy(() -> Wiring.start(settings))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(reason);

    Await.until("threads end: " + threads(), () -> before.containsAll(threads()));
  }

  @Test
  void leavesNothingIfAFileForRedisCantBeRead() {
    assertLeavesNothing(
        settings(
            """
            redis: {nodes: "127.0.0.1:1", tls: {ca: %s}}
            rate-limits: {all: {rate: 100, per: 1h, key: []}}
            routes: [{id: all, rate-limits: all, respond: {body: ok}}]
            """
                .formatted(directory.resolve("authority.pem"))),
        "authority.pem");
  }

  @Test
  void leavesNothingIfAFileOfAnUpstreamCantBeRead() {
    assertLeavesNothing(
        settings(
            """
            upstreams:
              one: {endpoints: "https://127.0.0.1:1", tls: {ca: %s}}
            routes: [{id: all, to: one}]
            """
                .formatted(directory.resolve("authority.pem"))),
        "authority.pem");
  }

  @Test
  void leavesNothingIfTheAccessLogCantBeOpened() {
    assertLeavesNothing(
        settings(
            """
            access-log: %s
            routes: [{id: all, respond: {body: ok}}]
            """
                .formatted(directory.resolve("none/access.log"))),
        "access.log");
    assertThat(directory.resolve("none")).doesNotExist();
  }
}
