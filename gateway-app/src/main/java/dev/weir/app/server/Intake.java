package dev.weir.app.server;

import dev.weir.app.tls.ChosenCertificate;
import dev.weir.http.Authority;
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
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * Makes a {@link Request} of what a listener has read. What can't be a request becomes one that is
 * to be refused, so that it is recorded and answered where all others are.
 */
final class Intake {

  private static final Authority NOBODY = new Authority("-", -1);
  private static final Target NOTHING = new Target("-", null, null);

  private final ListenerPolicy policy;
  private final TrustedProxies trustedProxies;
  private final Scheduler clock;

  Intake(ListenerPolicy policy, TrustedProxies trustedProxies, Scheduler clock) {
    this.policy = policy;
    this.trustedProxies = trustedProxies;
    this.clock = clock;
  }

  Request request(Incoming incoming) {
    HttpHeaders headers = incoming.head().headers();
    if (headers instanceof RefusedHeaders refused) {
      return request(incoming, NOBODY, NOTHING).refused(refused.why());
    }
    try {
      Target target = target(incoming.head());
      Authority authority = authority(incoming, target);
      checkCertificate(authority, incoming.link().certificate());
      Request request = request(incoming, authority, target);
      check(request, incoming.head().protocolVersion());
      return request.withInformational(incoming.informational());
    } catch (FailureException why) {
      return request(incoming, NOBODY, NOTHING).refused(why);
    }
  }

  private Request request(Incoming incoming, Authority authority, Target target) {
    HttpRequest head = incoming.head();
    Incoming.Link link = incoming.link();
    return new Request(
        Identity.of(head.headers()),
        head.method(),
        authority,
        target,
        head.headers(),
        incoming.body(),
        trustedProxies.client(
            link.peer(), head.headers(), authority, link.scheme(), head.protocolVersion()),
        new Progress(clock.now(TimeUnit.NANOSECONDS)));
  }

  private Target target(HttpRequest head) {
    String text = head.uri();
    if (text.length() > policy.maxTargetBytes()) {
      throw Failure.TARGET_TOO_LONG.exception(
          "target: " + text.length() + " bytes (expected: <= " + policy.maxTargetBytes() + ")");
    }
    HttpMethod method = head.method();
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
  private static Authority authority(Incoming incoming, Target target) {
    HttpRequest head = incoming.head();
    List<String> hosts = head.headers().getAll(HttpHeaderNames.HOST);
    boolean isHttp11 = head.protocolVersion().equals(HttpVersion.HTTP_1_1);
    if (hosts.size() > 1 || hosts.isEmpty() && isHttp11) {
      throw Failure.BAD_HOST.exception("host: " + hosts.size() + " fields (expected: one)");
    }
    Authority ofField =
        hosts.isEmpty() ? ownAddress(incoming.link()) : Authority.parse(hosts.get(0));
    return target.authority() == null ? ofField : target.authority();
  }

  /**
   * RFC 9110 §15.5.20: who was shown a certificate because it named a host has checked that it is
   * for that host, and not that we are any other.
   */
  private static void checkCertificate(
      Authority authority, @Nullable ChosenCertificate certificate) {
    if (certificate != null && !certificate.standsFor(authority)) {
      throw Failure.MISDIRECTED.exception(
          "host: " + authority.host() + " (expected: one that the certificate stands for)");
    }
  }

  private static Authority ownAddress(Incoming.Link link) {
    InetSocketAddress own = link.own();
    if (own == null || own.getAddress() == null) {
      return NOBODY;
    }
    IpAddress address = IpAddress.of(own.getAddress());
    String host = address.isIpv4() ? address.toString() : "[" + address + "]";
    return new Authority(host, own.getPort());
  }

  private static void check(Request request, HttpVersion version) {
    HttpHeaders headers = request.headers();
    if (headers.contains(HttpHeaderNames.EXPECT)) {
      checkExpectations(headers.getAll(HttpHeaderNames.EXPECT));
    }
    if (WebSocketHandshake.isWanted(request)) {
      WebSocketHandshake.check(request.method(), version, headers);
    }
  }

  private static void checkExpectations(List<String> expectations) {
    for (String expect : expectations) {
      if (!expect.equalsIgnoreCase("100-continue")) {
        throw Failure.EXPECTATION_FAILED.exception("expect: " + Quoted.of(expect));
      }
    }
  }
}
