package dev.weir.app;

import dev.weir.app.admin.Readiness;
import dev.weir.app.config.DrainSettings;
import dev.weir.app.server.Connections;
import dev.weir.app.server.Listener;
import dev.weir.websocket.OpenWebSockets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/**
 * The part of the end that clients notice, in three phases: the end is announced while all goes on
 * as before; nothing more is accepted; what runs may end. So no request is lost that was sent
 * before its sender could know.
 */
final class Drain {

  private static final long POLL_MILLIS = 20;

  private Drain() {}

  static void plan(
      Shutdown shutdown,
      DrainSettings settings,
      Readiness readiness,
      List<Listener> listeners,
      OpenWebSockets webSockets) {
    shutdown
        .then("say that we are not ready", () -> readiness.notReady("draining"))
        .then("announce the end on every answer", () -> listeners.forEach(Listener::drain))
        .then("give load balancers time to see it", () -> sleep(settings.grace()))
        .then("accept nothing more", () -> listeners.forEach(Listener::closeIdle))
        .then(
            "close WebSockets",
            () -> webSockets.goAway(settings.websocketCode(), settings.spread()))
        .then("let requests end", () -> awaitRequests(listeners, settings.finish()));
  }

  private static void sleep(Duration duration) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(duration.toMillis());
  }

  /** A connection that goes on without a request is no reason to complain, but may yet get one. */
  private static void awaitRequests(List<Listener> listeners, Duration limit)
      throws InterruptedException {
    List<Connections> connections = listeners.stream().map(Listener::connections).toList();
    long polls = limit.toMillis() / POLL_MILLIS;
    for (long i = 0; sum(connections, Connections::open) > 0 && i < polls; i++) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    int left = sum(connections, Connections::inExchange);
    if (left > 0) {
      throw new IllegalStateException(
          left + " requests had not ended after " + limit.toMillis() + " ms");
    }
  }

  private static int sum(List<Connections> all, ToIntFunction<Connections> count) {
    return all.stream().mapToInt(count).sum();
  }
}
