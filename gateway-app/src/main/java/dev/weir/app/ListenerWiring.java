package dev.weir.app;

import dev.weir.app.admin.AdminHandler;
import dev.weir.app.config.Http2Settings;
import dev.weir.app.config.ListenAddress;
import dev.weir.app.config.Settings;
import dev.weir.app.config.TlsSettings;
import dev.weir.app.server.AcceptLimit;
import dev.weir.app.server.Http2Limits;
import dev.weir.app.server.Listener;
import dev.weir.app.server.ListenerPolicy;
import dev.weir.app.server.TlsPolicy;
import dev.weir.app.tls.FileContext;
import dev.weir.app.tls.ServerTls;
import dev.weir.http.Handler;
import dev.weir.http.TrustedProxies;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From the settings of listeners to listeners that are bound. */
final class ListenerWiring {

  private final Settings settings;
  private final ProcessParts parts;
  private final AcceptLimit acceptLimit;

  ListenerWiring(Settings settings, ProcessParts parts, AcceptLimit acceptLimit) {
    this.settings = settings;
    this.parts = parts;
    this.acceptLimit = acceptLimit;
  }

  /** For clients. */
  Listener data(Handler handler) {
    return dataListener(settings.listen(), null, handler);
  }

  /** For clients, within TLS. */
  Listener secure(TlsSettings tls, Handler handler) throws IOException {
    return dataListener(tls.listen(), tlsPolicy(tls), handler);
  }

  /** For operators. */
  Listener admin(AdminHandler handler) {
    return Listener.open(
        socketAddress(settings.admin().address()),
        listenerPolicy(),
        null,
        new TrustedProxies(List.of()),
        AcceptLimit.none(),
        parts.loops(),
        parts.telemetry(),
        handler);
  }

  private List<String> protocols() {
    return settings.http2().on() == null ? List.of("http/1.1") : List.of("h2", "http/1.1");
  }

  private TlsPolicy tlsPolicy(TlsSettings tls) throws IOException {
    FileContext context =
        parts.tlsFiles().open("tls", ServerTls.files(tls), () -> ServerTls.make(tls, protocols()));
    return new TlsPolicy(context, tls.handshakeTimeout(), tls.maxHandshakes());
  }

  private Listener dataListener(ListenAddress address, @Nullable TlsPolicy tls, Handler handler) {
    return Listener.open(
        socketAddress(address),
        listenerPolicy(),
        tls,
        new TrustedProxies(settings.trustedProxies()),
        acceptLimit,
        parts.loops(),
        parts.telemetry(),
        handler);
  }

  private ListenerPolicy listenerPolicy() {
    return new ListenerPolicy(
        settings.limits().target().toInt(),
        settings.limits().headers().toInt(),
        settings.limits().headerCount(),
        settings.limits().connections(),
        settings.limits().connectionsPerAddress(),
        settings.client().idle(),
        settings.client().headerTimeout(),
        settings.client().writeStall(),
        settings.client().minBodyRate().bytes(),
        settings.ambiguousPaths(),
        http2Limits());
  }

  private @Nullable Http2Limits http2Limits() {
    Http2Settings http2 = settings.http2().on();
    return http2 == null
        ? null
        : new Http2Limits(
            http2.maxStreams(),
            http2.streamWindow().toInt(),
            http2.connectionWindow().toInt(),
            http2.idleFrames(),
            http2.resets(),
            takesWebSockets() ? Set.of("websocket") : Set.of());
  }

  private boolean takesWebSockets() {
    return settings.routes().stream()
        .anyMatch(route -> route.websocket().on() != null && route.to() != null);
  }

  private static InetSocketAddress socketAddress(ListenAddress address) {
    return new InetSocketAddress(address.bindHost(), address.port());
  }
}
