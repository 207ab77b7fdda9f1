package dev.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.Await;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway does with as many file descriptors as it has, in a process that has few. */
final class DescriptorsTest {

  private static final String FULL = "weir_events_total{event=\"accept_paused\",name=\"full\"}";
  private static final String FAILED = "weir_events_total{event=\"accept_paused\",name=\"failed\"}";
  private static final String OPEN = "weir_connections{listener=\"data\"}";
  private static final int MAX = 600;

  private static final FakeUpstream UPSTREAM = new FakeUpstream();

  @TempDir private Path folder;
  private final Deque<Socket> sockets = new ArrayDeque<>();
  private ChildGateway gateway;

  @BeforeEach
  void start() {
    gateway =
        ChildGateway.start(
            folder,
            """
            listen: 127.0.0.1:0
            admin: 127.0.0.1:0
            access-log: none
            event-loops: 2
            client: {idle: 10m, header-timeout: 5m}
            upstreams: {one: {endpoints: %s, concurrency: {max: 20}}}
            routes: [{id: all, path: /*, to: one}]
            """
                .formatted(UPSTREAM.url()),
            "sh",
            "-c",
            "ulimit -n " + MAX + " && exec \"$@\"",
            "gateway");
  }

  @AfterEach
  void close() {
    closeAll();
    if (gateway != null) {
      gateway.close();
    }
  }

  private void open(int port) {
    try {
      sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void closeAll() {
    while (!sockets.isEmpty()) {
      close(sockets.remove());
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void leavesClientsWaitingBeforeThereAreNoneLeft() {
    assertThat(gateway.text()).contains("the limit on open files is " + MAX, "LimitNOFILE");
    int room = (int) gateway.metric("weir_connections_room");
    assertThat(room).isBetween(50, MAX - 100);

    try (RawClient first = new RawClient(gateway.port())) {
      assertThat(first.get("/").answer().status()).isEqualTo(200);
      for (int i = 0; i < room + 20; i++) {
        open(gateway.port());
      }
      Await.until("it is full", () -> gateway.metric(OPEN) == room);
      assertThat(gateway.metric(FULL)).isPositive();
      assertThat(first.get("/").answer().status()).isEqualTo(200);

      try (RawClient last = new RawClient(gateway.port())) {
        last.get("/");
        assertThat(gateway.metric(OPEN)).isEqualTo(room);
        for (int i = 0; i < 30; i++) {
          close(sockets.remove());
        }
        assertThat(last.answer().status()).isEqualTo(200);
      }
      assertThat(gateway.metric(FAILED)).isZero();
    }
    assertThat(gateway.text().lines().filter(line -> line.contains("no more connections")))
        .hasSize(1);
  }

  /**
   * Connections to the admin listener are not counted, so they can take what is left. What a pause
   * needs is loaded first: a distribution has its classes in jars that are open, tests in folders.
   */
  @Test
  void waitsForDescriptorsWithoutAStorm() {
    int room = (int) gateway.metric("weir_connections_room");
    for (int i = 0; i <= room; i++) {
      open(gateway.port());
    }
    Await.until("it has been full", () -> gateway.metric(FULL) > 0);
    closeAll();
    Await.until("all are closed", () -> gateway.metric(OPEN) == 0);
    for (int i = 0; i < MAX + 10; i++) {
      open(gateway.adminPort());
    }
    Await.until("it has failed", () -> gateway.text().contains("accepting failed"));
    open(gateway.port());
    closeAll();

    try (RawClient client = new RawClient(gateway.port())) {
      assertThat(client.get("/").answer().status()).isEqualTo(200);
    }
    assertThat(gateway.metric(FAILED)).isBetween(1.0, 100.0);
    assertThat(gateway.text().lines().count()).isLessThan(20);
  }
}
