package dev.weir.upstream;

import dev.weir.http.IpAddress;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * How TLS is spoken with endpoints.
 *
 * @param contexts gives the one for a new connection
 * @param serverName whose certificate endpoints have to show; null for the host of the endpoint
 */
public record EndpointTls(Supplier<SslContext> contexts, @Nullable String serverName) {

  /** For endpoints that are all spoken to in plain. */
  public static EndpointTls none() {
    return new EndpointTls(
        () -> {
          throw new IllegalStateException("an endpoint that wants TLS, where there is none");
        },
        null);
  }

  /**
   * For a connection to that endpoint; it has no time limit of its own.
   *
   * @param protocols that the endpoint may choose from (RFC 7301), the best first
   */
  SslHandler handler(ByteBufAllocator allocator, Endpoint endpoint, List<String> protocols) {
    String name = serverName == null ? endpoint.authority().address() : serverName;
    SslHandler handler = contexts.get().newHandler(allocator, name, endpoint.port());
    handler.setHandshakeTimeoutMillis(0);
    SSLParameters parameters = handler.engine().getSSLParameters();
    parameters.setApplicationProtocols(protocols.toArray(String[]::new));
    askFor(name, parameters);
    handler.engine().setSSLParameters(parameters);
    return handler;
  }

  /** Java by itself asks for no name without a dot in it; and none is asked for by an address. */
  private static void askFor(String name, SSLParameters parameters) {
    if (IpAddress.parse(name) == null && name.indexOf('_') < 0) {
      parameters.setServerNames(List.of(new SNIHostName(name)));
    }
  }
}
