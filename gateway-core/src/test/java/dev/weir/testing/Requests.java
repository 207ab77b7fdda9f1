package dev.weir.testing;

import dev.weir.http.Authority;
import dev.weir.http.Body;
import dev.weir.http.Client;
import dev.weir.http.Fields;
import dev.weir.http.Identity;
import dev.weir.http.IpAddress;
import dev.weir.http.Progress;
import dev.weir.http.Request;
import dev.weir.http.Target;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;

/** Requests as a listener would make them, for tests that begin behind it. */
public final class Requests {

  private static final IpAddress SOMEBODY = IpAddress.ofNumber(0x7F000001);
  private static final Authority HOST = new Authority("example.com", -1);

  private Requests() {}

  public static Request get(String target) {
    return of(HttpMethod.GET, target, Fields.create(), Body.empty());
  }

  public static Request of(HttpMethod method, String target, HttpHeaders headers, Body body) {
    return new Request(
        Identity.of(headers),
        method,
        HOST,
        Target.of(target),
        headers,
        body,
        new Client(SOMEBODY, SOMEBODY, "http", HOST, false, HttpVersion.HTTP_1_1),
        new Progress(0));
  }
}
