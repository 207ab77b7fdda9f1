package dev.weir.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request as a value: what is asked, by whom, until when.
 *
 * <p>Its body is owned by the exchange that it came in with, which discards what nobody has read
 * when the request is over. The header fields are read-only to every step: one that changes them
 * makes its own copy. {@link #progress()} is the one part that changes.
 */
public final class Request {

  private static final Consumer<Informational> NOWHERE = informational -> {};

  private final Identity identity;
  private final HttpMethod method;
  private final Authority authority;
  private final Target target;
  private final HttpHeaders headers;
  private final Body body;
  private final Client client;
  private final Progress progress;
  private final Deadline deadline;
  private final Map<String, String> pathParameters;
  private final Consumer<Informational> informational;
  private final @Nullable FailureException refusal;

  /** A request without a deadline, on no route yet. */
  public Request(
      Identity identity,
      HttpMethod method,
      Authority authority,
      Target target,
      HttpHeaders headers,
      Body body,
      Client client,
      Progress progress) {
    this(
        identity,
        method,
        authority,
        target,
        headers,
        body,
        client,
        progress,
        Deadline.NEVER,
        Map.of(),
        NOWHERE,
        null);
  }

  private Request(
      Identity identity,
      HttpMethod method,
      Authority authority,
      Target target,
      HttpHeaders headers,
      Body body,
      Client client,
      Progress progress,
      Deadline deadline,
      Map<String, String> pathParameters,
      Consumer<Informational> informational,
      @Nullable FailureException refusal) {
    this.identity = identity;
    this.method = method;
    this.authority = authority;
    this.target = target;
    this.headers = headers;
    this.body = body;
    this.client = client;
    this.progress = progress;
    this.deadline = deadline;
    this.pathParameters = pathParameters;
    this.informational = informational;
    this.refusal = refusal;
  }

  public Identity identity() {
    return identity;
  }

  public HttpMethod method() {
    return method;
  }

  /** The server that is asked: the target's own, or that of the Host field (RFC 9112 §3.2.2). */
  public Authority authority() {
    return authority;
  }

  public Target target() {
    return target;
  }

  public HttpHeaders headers() {
    return headers;
  }

  public Body body() {
    return body;
  }

  public Client client() {
    return client;
  }

  public Progress progress() {
    return progress;
  }

  public Deadline deadline() {
    return deadline;
  }

  /** What the route's path template matched, percent-encoded as in the target. */
  public Map<String, String> pathParameters() {
    return pathParameters;
  }

  /** Where an answer before the answer goes; nowhere, if the client can't take it. */
  public Consumer<Informational> informational() {
    return informational;
  }

  /** Why the listener can't accept this as a request; null if it can. */
  public @Nullable FailureException refusal() {
    return refusal;
  }

  public Request withTarget(Target newTarget) {
    return copy(newTarget, headers, body, deadline, pathParameters, informational);
  }

  public Request withHeaders(HttpHeaders newHeaders) {
    return copy(target, newHeaders, body, deadline, pathParameters, informational);
  }

  public Request withBody(Body newBody) {
    return newBody == body
        ? this
        : copy(target, headers, newBody, deadline, pathParameters, informational);
  }

  public Request withDeadline(Deadline newDeadline) {
    return copy(target, headers, body, newDeadline, pathParameters, informational);
  }

  public Request withPathParameters(Map<String, String> parameters) {
    return copy(target, headers, body, deadline, parameters, informational);
  }

  public Request withInformational(Consumer<Informational> sink) {
    return copy(target, headers, body, deadline, pathParameters, sink);
  }

  private Request copy(
      Target newTarget,
      HttpHeaders newHeaders,
      Body newBody,
      Deadline newDeadline,
      Map<String, String> parameters,
      Consumer<Informational> sink) {
    return new Request(
        identity,
        method,
        authority,
        newTarget,
        newHeaders,
        newBody,
        client,
        progress,
        newDeadline,
        parameters,
        sink,
        refusal);
  }

  /** The same, as one that is to be answered with a refusal and nothing else. */
  public Request refused(FailureException why) {
    return new Request(
        identity,
        method,
        authority,
        target,
        headers,
        body,
        client,
        progress,
        deadline,
        pathParameters,
        informational,
        why);
  }

  /** Whether doing it twice is like doing it once (RFC 9110 §9.2.2). */
  public boolean isIdempotent() {
    return method.equals(HttpMethod.GET)
        || method.equals(HttpMethod.HEAD)
        || method.equals(HttpMethod.PUT)
        || method.equals(HttpMethod.DELETE)
        || method.equals(HttpMethod.OPTIONS)
        || method.equals(HttpMethod.TRACE);
  }

  @Override
  public String toString() {
    return "Request[" + identity.requestId() + " " + method + " " + target.path() + "]";
  }
}
