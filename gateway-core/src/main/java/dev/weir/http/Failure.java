package dev.weir.http;

import static dev.weir.http.Party.CLIENT;
import static dev.weir.http.Party.GATEWAY;
import static dev.weir.http.Party.UPSTREAM;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Every reason for which the gateway itself answers, or cuts an answer short.
 *
 * <p>This list is the only source for problem documents (RFC 9457), the access log, metrics and
 * {@code docs/failures.md}. The codes are part of the interface: they may be added to, never
 * renamed. The advice tells a person what to do next, and holds no fact of the single request.
 */
public enum Failure {
  MALFORMED_REQUEST(
      400,
      GATEWAY,
      "The request breaks the rules of HTTP.",
      "Mend the client or the proxy in front of us; the detail names the rule."),
  BAD_TARGET(
      400,
      GATEWAY,
      "The request target can't be taken in one meaning only.",
      "Send a path and query that follow RFC 3986; the detail names what does not."),
  BAD_HOST(
      400,
      GATEWAY,
      "The Host field is missing, doubled or not a host name.",
      "Send one Host field with a name or address and, where needed, a port."),
  BAD_HEADER(
      400,
      GATEWAY,
      "A header field that the gateway acts on can't be understood.",
      "Mend the field that the detail names, or leave it out."),
  FRAME_INVALID(
      400,
      CLIENT,
      "A WebSocket frame of the client breaks the rules of RFC 6455.",
      "Mend the client; the detail names the rule."),
  ORIGIN_REFUSED(
      403,
      GATEWAY,
      "A page of this origin may not open a WebSocket here.",
      "If the page is to be trusted, add its origin to websocket.origins of the route."),
  NO_ROUTE(
      404,
      GATEWAY,
      "No route matches this request.",
      "Compare host, path, method, headers and query with the routes of the configuration."),
  METHOD_NOT_ALLOWED(
      405,
      GATEWAY,
      "A route matches this request, but not with its method.",
      "Use one of the methods in the Allow field."),
  CLIENT_STALLED(
      408,
      CLIENT,
      "The request's body did not arrive in time.",
      "Send it without long pauses, or raise timeouts.idle of the route or lower client.min-body-rate."),
  WEBSOCKET_IDLE(
      408,
      GATEWAY,
      "Nothing passed through the WebSocket for as long as the route waits.",
      "Let one side send a ping now and then, or raise websocket.idle of the route."),
  CLIENT_LEFT(
      400,
      CLIENT,
      "The client closed its connection before its request was complete.",
      "Look at the client, or at what stands between it and the gateway."),
  BODY_TOO_LARGE(
      413,
      GATEWAY,
      "The request's body is larger than the route takes.",
      "Send less, or raise max-body of the route."),
  MESSAGE_REFUSED(
      413,
      GATEWAY,
      "A WebSocket message is larger, or comes faster, than the route takes.",
      "Send less, or raise the limit in websocket of the route that the detail names."),
  TARGET_TOO_LONG(
      414,
      GATEWAY,
      "The request target is longer than the gateway reads.",
      "Shorten the address, or raise limits.target."),
  EXPECTATION_FAILED(
      417,
      GATEWAY,
      "The Expect field asks for something else than 100-continue.",
      "Leave the field out."),
  MISDIRECTED(
      421,
      GATEWAY,
      "The connection was opened for another host, with a certificate that is not for this one.",
      "Open a connection with the name of this host in SNI; or add it to the certificate."),
  UPGRADE_REQUIRED(
      426,
      GATEWAY,
      "The protocol that the request wants to change to is not spoken here.",
      "Use WebSocket version 13 (RFC 6455), or no Upgrade field."),
  HEADERS_TOO_LARGE(
      431,
      GATEWAY,
      "The header fields are larger than the gateway reads.",
      "Send fewer or shorter fields (cookies, most often), or raise limits.headers."),
  TOO_MANY_HEADERS(
      431,
      GATEWAY,
      "There are more header fields than the gateway reads.",
      "Send fewer fields, or raise limits.header-count."),
  RATE_LIMITED(
      429,
      GATEWAY,
      "There have been as many requests as a rate limit allows.",
      "Come back after Retry-After; the RateLimit fields say what is left."),
  INTERNAL(
      500,
      GATEWAY,
      "The gateway failed in a way that it did not foresee.",
      "Look for the request id in the gateway's log, and report it."),
  METHOD_NOT_KNOWN(
      501,
      GATEWAY,
      "The method is none that is registered, nor one that a route names.",
      "Mind its case (GET, not get); or name the method in the methods of a route."),
  CODING_NOT_SUPPORTED(
      501,
      GATEWAY,
      "The transfer coding is not one that the gateway decodes.",
      "Use chunked, or a Content-Length (RFC 9112 §6.1)."),
  PROTOCOL_NOT_SUPPORTED(
      501,
      GATEWAY,
      "The protocol that a stream of HTTP/2 is to carry is not spoken here.",
      "Ask for websocket, on a route that takes WebSockets (RFC 8441)."),
  VERSION_NOT_SUPPORTED(
      505,
      GATEWAY,
      "The version of HTTP is not one that this listener speaks.",
      "Use HTTP/1.1 or HTTP/1.0."),
  LOOP_DETECTED(
      508,
      GATEWAY,
      "The request has passed this gateway too often.",
      "Look for an upstream that sends requests back to the gateway (the Via field says who)."),
  CONNECT_FAILED(
      502,
      UPSTREAM,
      "No connection to the endpoint could be opened.",
      "See whether the endpoint runs and listens at the address in the configuration."),
  UPSTREAM_TLS_FAILED(
      502,
      UPSTREAM,
      "TLS with the endpoint could not be agreed on.",
      "See whether the endpoint's certificate is in force, for its name and of an authority in tls.ca"
          + " of the upstream."),
  UPSTREAM_REFUSED(
      503,
      UPSTREAM,
      "The endpoint has done nothing for the request: it is going away, or takes no more.",
      "Send it again. If that happens often, see whether the endpoint restarts, or raise its limit of"
          + " streams."),
  UPSTREAM_CLOSED(
      502,
      UPSTREAM,
      "The endpoint closed the connection before its answer was complete.",
      "Look into the endpoint's own log; it may have crashed or refused the request."),
  UPSTREAM_INVALID(
      502,
      UPSTREAM,
      "The endpoint's answer breaks the rules of HTTP.",
      "Mend the endpoint; the detail names the rule."),
  UPSTREAM_FRAME_INVALID(
      502,
      UPSTREAM,
      "A WebSocket frame of the endpoint breaks the rules of RFC 6455.",
      "Mend the endpoint; the detail names the rule."),
  QUEUE_FULL(
      503,
      GATEWAY,
      "As many requests are running and waiting as the limit allows.",
      "Come back after Retry-After; or raise the limit or queue that the detail names."),
  QUEUE_TIMEOUT(
      503,
      GATEWAY,
      "The request waited for its turn as long as the limit allows.",
      "Come back after Retry-After; or raise the limit or queue-timeout that the detail names."),
  WEBSOCKETS_FULL(
      503,
      GATEWAY,
      "As many WebSockets are open as the route takes.",
      "Come back after Retry-After; or raise websocket.max-open of the route."),
  GATEWAY_STOPPING(
      503,
      GATEWAY,
      "The gateway is being stopped, and has closed the WebSocket.",
      "Connect again; another gateway, or the next one, will answer."),
  BREAKER_OPEN(
      503,
      GATEWAY,
      "The upstream has been failing, and is left alone for a while.",
      "Come back after Retry-After; the upstream's own metrics say why it fails."),
  NO_ENDPOINT(
      503,
      GATEWAY,
      "The upstream has no endpoint that could be asked.",
      "Add an endpoint, or mend those there are."),
  /** Its code is spelled as clients of other gateways know it. */
  RATE_LIMIT_SERVICE_ERROR(
      503,
      GATEWAY,
      "It can't be told whether a rate limit allows the request.",
      "Come back after Retry-After; those who run the gateway: see whether Redis can be reached, or"
          + " set on-failure of the limit that the detail names.",
      "RATE_LIMIT_SERVICE_ERROR"),
  CONNECT_TIMEOUT(
      504,
      UPSTREAM,
      "No connection to the endpoint was open within its time.",
      "See whether the endpoint can be reached, or raise timeouts.connect of the upstream."),
  ATTEMPT_TIMEOUT(
      504,
      UPSTREAM,
      "The endpoint did not answer within the time of one attempt.",
      "Look into why the endpoint is slow, or raise timeouts.attempt of the route."),
  DEADLINE_EXCEEDED(
      504,
      GATEWAY,
      "The request's time was up, waiting and all attempts included.",
      "Look into what took the time (the access log says), or raise timeouts.request."),
  UPSTREAM_STALLED(
      504,
      UPSTREAM,
      "The endpoint stopped in the middle of its answer.",
      "Look into the endpoint, or raise timeouts.idle of the route.");

  private final int status;
  private final Party party;
  private final String title;
  private final String advice;
  private final String code;

  Failure(int status, Party party, String title, String advice) {
    this(status, party, title, advice, null);
  }

  Failure(int status, Party party, String title, String advice, @Nullable String code) {
    this.status = status;
    this.party = party;
    this.title = title;
    this.advice = advice;
    this.code = code == null ? name().toLowerCase(Locale.ROOT) : code;
  }

  /** The status of the answer; where the head has gone already, the answer is cut instead. */
  public int status() {
    return status;
  }

  /** Who is to be named as having ended the request. */
  public Party party() {
    return party;
  }

  /** The stable name, in answers, logs and metrics. */
  public String code() {
    return code;
  }

  /** The problem's {@code type} (RFC 9457 §3.1.1). */
  public String type() {
    return "urn:weir:failure:" + code;
  }

  public String title() {
    return title;
  }

  public String advice() {
    return advice;
  }

  /** As an error without more to say. */
  public FailureException exception() {
    return new FailureException(this, null, null);
  }

  /** As an error with the facts of this request, for a person to read. */
  public FailureException exception(String detail) {
    return new FailureException(this, detail, null);
  }

  /** As an error with the facts of this request and what caused it. */
  public FailureException exception(String detail, Throwable cause) {
    return new FailureException(this, detail, cause);
  }

  /**
   * Whatever went wrong, by its name in this list; an error that no step named is {@link
   * #INTERNAL}.
   */
  public static Failure of(Throwable error) {
    return error instanceof FailureException failure ? failure.failure() : INTERNAL;
  }
}
