package dev.weir.testing;

import dev.weir.http.Authority;
import dev.weir.http.Body;
import dev.weir.http.Client;
import dev.weir.http.Identity;
import dev.weir.http.IpAddress;
import dev.weir.http.Progress;
import dev.weir.http.Request;
import dev.weir.http.Target;
import dev.weir.http.TraceContext;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;

/** Requests as a test wants them, all from one client at one time. */
public final class Requests {

  public static final String HOST = "a.example";
  public static final Identity IDENTITY =
      new Identity(
          "id-1",
          new TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "01"),
          /* isTraceContinued= */ false);

  private Requests() {}

  /** GET of {@value #HOST}. */
  public static Request get(String target, String... namesAndValues) {
    return request(HttpMethod.GET, HOST, target, namesAndValues);
  }

  /**
   * Without a body.
   *
   * @param namesAndValues of the header fields, in turn
   */
  public static Request request(
      HttpMethod method, String host, String target, String... namesAndValues) {
    HttpHeaders headers = new DefaultHttpHeaders();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return of(method, host, target, headers, Body.empty());
  }

  /** To {@value #HOST}. */
  public static Request of(HttpMethod method, String target, HttpHeaders headers, Body body) {
    return of(method, HOST, target, headers, body);
  }

  /** GET from that address. */
  public static Request from(String address, String target) {
    return of(
        HttpMethod.GET,
        HOST,
        target,
        new DefaultHttpHeaders(),
        Body.empty(),
        IpAddress.parse(address));
  }

  private static Request of(
      HttpMethod method, String host, String target, HttpHeaders headers, Body body) {
    return of(method, host, target, headers, body, IpAddress.parse("203.0.113.9"));
  }

  private static Request of(
      HttpMethod method,
      String host,
      String target,
      HttpHeaders headers,
      Body body,
      IpAddress peer) {
    Authority authority = Authority.parse(host);
    return new Request(
        IDENTITY,
        method,
        authority,
        target.equals("*") ? new Target("*", null, null) : Target.of(target),
        headers,
        body,
        new Client(peer, peer, "http", authority, false, HttpVersion.HTTP_1_1),
        new Progress(0));
  }
}
