package dev.weir.app;

import dev.weir.app.admin.Readiness;
import dev.weir.app.config.DrainSettings;
import dev.weir.app.server.Connections;
import dev.weir.app.server.Listener;
import dev.weir.websocket.OpenWebSockets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

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
      Listener listener,
      OpenWebSockets webSockets) {
    shutdown
        .then("say that we are not ready", () -> readiness.notReady("draining"))
        .then("announce the end on every answer", listener::drain)
        .then("give load balancers time to see it", () -> sleep(settings.grace()))
        .then("accept nothing more", listener::closeIdle)
        .then(
            "close WebSockets",
            () -> webSockets.goAway(settings.websocketCode(), settings.spread()))
        .then("let requests end", () -> awaitRequests(listener.connections(), settings.finish()));
  }

  private static void sleep(Duration duration) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(duration.toMillis());
  }

  /** A connection that goes on without a request is no reason to complain, but may yet get one. */
  private static void awaitRequests(Connections connections, Duration limit)
      throws InterruptedException {
    long polls = limit.toMillis() / POLL_MILLIS;
    for (long i = 0; connections.open() > 0 && i < polls; i++) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    int left = connections.inExchange();
    if (left > 0) {
      throw new IllegalStateException(
          left + " requests had not ended after " + limit.toMillis() + " ms");
    }
  }
}
