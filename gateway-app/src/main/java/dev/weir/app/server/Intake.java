package dev.weir.app.server;

import dev.weir.http.Authority;
import dev.weir.http.Body;
import dev.weir.http.Client;
import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Identity;
import dev.weir.http.IpAddress;
import dev.weir.http.Progress;
import dev.weir.http.Quoted;
import dev.weir.http.Request;
import dev.weir.http.Target;
import dev.weir.http.TrustedProxies;
import dev.weir.http.WebSocketHandshake;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Makes a {@link Request} of what Reactor Netty has read. What can't be a request becomes one that
 * is to be refused, so that it is recorded and answered where all others are.
 */
final class Intake {

  private static final Authority NOBODY = new Authority("-", -1);
  private static final Target NOTHING = new Target("-", null, null);
  private static final IpAddress UNKNOWN = IpAddress.ofNumber(0);

  private final ListenerPolicy policy;
  private final TrustedProxies trustedProxies;
  private final Scheduler clock;

  Intake(ListenerPolicy policy, TrustedProxies trustedProxies, Scheduler clock) {
    this.policy = policy;
    this.trustedProxies = trustedProxies;
    this.clock = clock;
  }

  Request request(HttpServerRequest raw, ConnectionGuard connection) {
    HttpHeaders headers = raw.requestHeaders();
    if (headers instanceof RefusedHeaders refused) {
      return request(raw, connection, NOBODY, NOTHING).refused(refused.why());
    }
    try {
      Target target = target(raw);
      Request request = request(raw, connection, authority(raw, target), target);
      check(request, raw);
      return raw.version().equals(HttpVersion.HTTP_1_1)
          ? request.withInformational(connection::sendInformational)
          : request;
    } catch (FailureException why) {
      return request(raw, connection, NOBODY, NOTHING).refused(why);
    }
  }

  private Request request(
      HttpServerRequest raw, ConnectionGuard connection, Authority authority, Target target) {
    HttpHeaders headers = raw.requestHeaders();
    return new Request(
        Identity.of(headers),
        raw.method(),
        authority,
        target,
        headers,
        body(raw, connection),
        client(raw, authority),
        new Progress(clock.now(TimeUnit.NANOSECONDS)));
  }

  private Client client(HttpServerRequest raw, Authority authority) {
    SocketAddress remote = raw.connectionRemoteAddress();
    IpAddress peer =
        remote instanceof InetSocketAddress address && address.getAddress() != null
            ? IpAddress.of(address.getAddress())
            : UNKNOWN;
    return trustedProxies.client(
        peer, raw.requestHeaders(), authority, raw.connectionScheme(), raw.version());
  }

  private Target target(HttpServerRequest raw) {
    String text = raw.uri();
    if (text.length() > policy.maxTargetBytes()) {
      throw Failure.TARGET_TOO_LONG.exception(
          "target: " + text.length() + " bytes (expected: <= " + policy.maxTargetBytes() + ")");
    }
    HttpMethod method = raw.method();
    if (method.equals(HttpMethod.CONNECT) || method.equals(HttpMethod.TRACE)) {
      throw Failure.METHOD_NOT_ALLOWED
          .exception("method: " + method + " (expected: one that a gateway may pass on)")
          .fields(Map.of("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
    }
    Target target = Target.parse(text, policy.ambiguousPaths());
    if (target.path().equals("*") && !method.equals(HttpMethod.OPTIONS)) {
      throw Failure.BAD_TARGET.exception("target: \"*\" (expected: with OPTIONS only)");
    }
    return target;
  }

  /**
   * RFC 9112 §3.2: one Host field in HTTP/1.1; an absolute target wins over it. Who asks in
   * HTTP/1.0 without either means the address that was connected to (RFC 9112 §3.3).
   */
  private static Authority authority(HttpServerRequest raw, Target target) {
    List<String> hosts = raw.requestHeaders().getAll(HttpHeaderNames.HOST);
    if (hosts.size() > 1 || hosts.isEmpty() && raw.version().equals(HttpVersion.HTTP_1_1)) {
      throw Failure.BAD_HOST.exception("host: " + hosts.size() + " fields (expected: one)");
    }
    Authority ofField = hosts.isEmpty() ? ownAddress(raw) : Authority.parse(hosts.get(0));
    return target.authority() == null ? ofField : target.authority();
  }

  private static Authority ownAddress(HttpServerRequest raw) {
    if (raw.connectionHostAddress() instanceof InetSocketAddress own && own.getAddress() != null) {
      IpAddress address = IpAddress.of(own.getAddress());
      String host = address.isIpv4() ? address.toString() : "[" + address + "]";
      return new Authority(host, own.getPort());
    }
    return NOBODY;
  }

  private static void check(Request request, HttpServerRequest raw) {
    HttpHeaders headers = request.headers();
    if (headers.contains(HttpHeaderNames.EXPECT)) {
      checkExpectations(headers.getAll(HttpHeaderNames.EXPECT));
    }
    if (WebSocketHandshake.isWanted(request)) {
      WebSocketHandshake.check(request.method(), raw.version(), headers);
    }
  }

  private static void checkExpectations(List<String> expectations) {
    for (String expect : expectations) {
      if (!expect.equalsIgnoreCase("100-continue")) {
        throw Failure.EXPECTATION_FAILED.exception("expect: " + Quoted.of(expect));
      }
    }
  }

  /** RFC 9112 §6.3: there is a body if one of two fields says so. */
  private static Body body(HttpServerRequest raw, ConnectionGuard connection) {
    HttpHeaders headers = raw.requestHeaders();
    if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      return streaming(raw, connection, -1);
    }
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    if (length == null) {
      return Body.empty();
    }
    // Digits only, and not too many: the codec has seen to that.
    long bytes = Long.parseLong(length);
    return bytes == 0 ? Body.empty() : streaming(raw, connection, bytes);
  }

  private static Body streaming(HttpServerRequest raw, ConnectionGuard connection, long length) {
    HttpHeaders head = raw.requestHeaders();
    return Body.streaming(
        raw.receive()
            .retain()
            .doOnComplete(() -> connection.requests().requireWhole(head))
            .onErrorMap(Intake::clientLeft),
        length,
        () -> connection.requests().trailers(head),
        () -> {});
  }

  private static Throwable clientLeft(Throwable error) {
    return error instanceof FailureException
        ? error
        : Failure.CLIENT_LEFT.exception("while it sent its request", error);
  }
}
