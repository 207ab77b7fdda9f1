package dev.weir.filter;

import dev.weir.http.Client;
import dev.weir.http.Failure;
import dev.weir.http.Fields;
import dev.weir.http.Filter;
import dev.weir.http.ForwardingFields;
import dev.weir.http.Handler;
import dev.weir.http.HeaderEdits;
import dev.weir.http.HopByHop;
import dev.weir.http.IpAddress;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.http.TraceState;
import dev.weir.http.WebSocketHandshake;
import dev.weir.telemetry.Event;
import dev.weir.telemetry.Telemetry;
import dev.weir.upstream.Upstream.HostField;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Makes of the client's header fields those that go to the upstream, once for all attempts; and of
 * the upstream's those that go to the client.
 *
 * <p>What belongs to one connection stays behind; what strangers say of who they are is not
 * repeated; our own hop is added (RFC 9110 §7.6, RFC 7239).
 */
public final class ForwardFilter implements Filter {

  private static final String OUR_NAME = "weir";
  private static final AsciiString VIA_HTTP_1_1 = AsciiString.cached("1.1 " + OUR_NAME);
  private static final AsciiString VIA_HTTP_2 = AsciiString.cached("2.0 " + OUR_NAME);
  private static final int MAX_OWN_HOPS = 8;

  /** Of a client that is not a trusted proxy; upstreams are known to believe each of them. */
  private static final List<AsciiString> CLAIMS =
      List.of(
          Fields.FORWARDED,
          Fields.X_FORWARDED_FOR,
          Fields.X_FORWARDED_HOST,
          Fields.X_FORWARDED_PORT,
          Fields.X_FORWARDED_PROTO,
          Fields.X_REAL_IP,
          AsciiString.cached("x-forwarded-prefix"),
          AsciiString.cached("x-forwarded-server"),
          AsciiString.cached("x-forwarded-ssl"),
          AsciiString.cached("x-host"),
          AsciiString.cached("x-original-host"),
          AsciiString.cached("x-original-url"),
          AsciiString.cached("x-rewrite-url"));

  /** Would make of one method another, behind the back of whatever judged the request by it. */
  private static final List<AsciiString> METHOD_OVERRIDES =
      List.of(
          AsciiString.cached("x-http-method"),
          AsciiString.cached("x-http-method-override"),
          AsciiString.cached("x-method-override"));

  private final String upstream;
  private final HostField hostField;
  private final ForwardingFields forwarding;
  private final HeaderEdits onRequest;
  private final HeaderEdits onResponse;
  private final Telemetry telemetry;

  public ForwardFilter(
      String upstream,
      HostField hostField,
      ForwardingFields forwarding,
      HeaderEdits onRequest,
      HeaderEdits onResponse,
      Telemetry telemetry) {
    this.upstream = upstream;
    this.hostField = hostField;
    this.forwarding = forwarding;
    this.onRequest = onRequest;
    this.onResponse = onResponse;
    this.telemetry = telemetry;
  }

  @Override
  public Mono<Response> filter(Request request, Handler next) {
    request.progress().sentTo(upstream);
    return next.handle(request.withHeaders(outbound(request))).map(this::inbound);
  }

  private HttpHeaders outbound(Request request) {
    refuseLoop(request.headers());
    HttpHeaders headers = HopByHop.without(request.headers());
    if (WebSocketHandshake.isWanted(request)) {
      headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    }
    if (takesTrailers(request.headers())) {
      headers.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
    }
    headers.remove(HttpHeaderNames.EXPECT).remove(Fields.X_REQUEST_TIMEOUT);
    METHOD_OVERRIDES.forEach(headers::remove);
    if (!request.client().isPeerTrusted()) {
      CLAIMS.forEach(headers::remove);
    }
    addOurHop(headers, request);
    addTrace(headers, request);
    setHost(headers, request);
    onRequest.applyTo(headers);
    return headers;
  }

  /** The one element of TE that is not for one hop alone, where trailers are passed on. */
  private static boolean takesTrailers(HttpHeaders headers) {
    return headers.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true);
  }

  private static void refuseLoop(HttpHeaders headers) {
    int ownHops = 0;
    for (String via : headers.getAll(HttpHeaderNames.VIA)) {
      for (int at = via.indexOf(OUR_NAME); at >= 0; at = via.indexOf(OUR_NAME, at + 1)) {
        ownHops++;
      }
    }
    if (ownHops > MAX_OWN_HOPS) {
      throw Failure.LOOP_DETECTED.exception("via: " + ownHops + " times ours");
    }
  }

  private void addOurHop(HttpHeaders headers, Request request) {
    Client client = request.client();
    boolean isHttp2 = client.version().majorVersion() == 2;
    append(headers, HttpHeaderNames.VIA, isHttp2 ? VIA_HTTP_2 : VIA_HTTP_1_1);
    boolean isBoth = forwarding == ForwardingFields.BOTH;
    if (isBoth || forwarding == ForwardingFields.X_FORWARDED) {
      append(headers, Fields.X_FORWARDED_FOR, client.peer().toString());
      headers.set(Fields.X_FORWARDED_PROTO, client.scheme());
      headers.set(Fields.X_FORWARDED_HOST, client.host().toString());
    }
    if (isBoth || forwarding == ForwardingFields.FORWARDED) {
      append(headers, Fields.FORWARDED, forwarded(client));
    }
  }

  private static String forwarded(Client client) {
    IpAddress peer = client.peer();
    String node = peer.isIpv4() ? peer.toString() : "\"[" + peer + "]\"";
    String host = client.host().toString();
    boolean isToken = host.indexOf(':') < 0;
    return "for="
        + node
        + ";host="
        + (isToken ? host : '"' + host + '"')
        + ";proto="
        + client.scheme();
  }

  private static void append(HttpHeaders headers, AsciiString name, CharSequence element) {
    if (!headers.contains(name)) {
      headers.set(name, element);
    } else {
      headers.set(name, String.join(", ", headers.getAll(name)) + ", " + element);
    }
  }

  private void addTrace(HttpHeaders headers, Request request) {
    if (headers.contains(Fields.TRACESTATE)) {
      setTraceState(headers, request.identity().isTraceContinued());
    }
    headers.set(Fields.TRACEPARENT, request.identity().trace().toString());
    headers.set(Fields.X_REQUEST_ID, request.identity().requestId());
  }

  private void setTraceState(HttpHeaders headers, boolean isContinued) {
    List<String> given = headers.getAll(Fields.TRACESTATE);
    String state = isContinued ? TraceState.of(given) : null;
    if (state == null) {
      headers.remove(Fields.TRACESTATE);
      telemetry.count(Event.TRACE_DROPPED, "tracestate");
    } else {
      headers.set(Fields.TRACESTATE, state);
    }
  }

  private void setHost(HttpHeaders headers, Request request) {
    if (hostField instanceof HostField.Preserved) {
      headers.set(HttpHeaderNames.HOST, request.authority().toString());
    } else if (hostField instanceof HostField.Fixed fixed) {
      headers.set(HttpHeaderNames.HOST, fixed.value());
    } else {
      headers.remove(HttpHeaderNames.HOST);
    }
  }

  private Response inbound(Response response) {
    append(response.headers(), HttpHeaderNames.VIA, VIA_HTTP_1_1);
    onResponse.applyTo(response.headers());
    return response;
  }
}
