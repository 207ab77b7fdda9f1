package dev.weir.app.server;

import dev.weir.app.tls.ChosenCertificate;
import dev.weir.http.Body;
import dev.weir.http.Informational;
import dev.weir.http.IpAddress;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a listener has read of a request.
 *
 * @param head whose fields may be {@link RefusedHeaders}
 * @param body which goes to whoever makes a request of this
 * @param link that it came on
 * @param informational takes answers before the answer
 */
record Incoming(HttpRequest head, Body body, Link link, Consumer<Informational> informational) {

  /**
   * The two ends of a connection.
   *
   * @param peer whoever opened it; all zeros if that has no address
   * @param own where it was opened to
   * @param scheme {@code http} or {@code https}
   * @param certificate that was chosen by a name; null if none was
   */
  record Link(
      IpAddress peer,
      @Nullable InetSocketAddress own,
      String scheme,
      @Nullable ChosenCertificate certificate) {

    private static final IpAddress UNKNOWN = IpAddress.ofNumber(0);

    static Link of(Channel channel) {
      SslHandler tls = channel.pipeline().get(SslHandler.class);
      InetSocketAddress own =
          channel.localAddress() instanceof InetSocketAddress address ? address : null;
      return tls == null
          ? new Link(peer(channel), own, "http", null)
          : new Link(peer(channel), own, "https", ChosenCertificate.of(tls.engine().getSession()));
    }

    static IpAddress peer(Channel channel) {
      return channel.remoteAddress() instanceof InetSocketAddress remote
              && remote.getAddress() != null
          ? IpAddress.of(remote.getAddress())
          : UNKNOWN;
    }
  }
}
