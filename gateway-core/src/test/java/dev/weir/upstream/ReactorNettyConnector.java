package dev.weir.upstream;

import dev.weir.http.Body;
import dev.weir.http.Failure;
import dev.weir.http.FailureException;
import dev.weir.http.Fields;
import dev.weir.http.Handler;
import dev.weir.http.HopByHop;
import dev.weir.http.Phase;
import dev.weir.http.Request;
import dev.weir.http.RequestTimeout;
import dev.weir.http.Response;
import dev.weir.loop.EventLoops;
import dev.weir.telemetry.Event;
import dev.weir.telemetry.Telemetry;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;

/**
 * The connector on Reactor Netty's HTTP client, one pool of connections to each event loop, so that
 * an exchange stays where it began.
 *
 * <p>What that client would do by itself is taken from it: its silent repetition, its default
 * fields, its view of informational responses and of bytes behind a response ({@link
 * UpstreamResponseGuard}).
 */
public final class ReactorNettyConnector implements Connector {

  private static final String GUARD = "weir.responseGuard";

  private final String upstream;
  private final EventLoops loops;
  private final ConnectionPolicy policy;
  private final Telemetry telemetry;
  private final List<ConnectionProvider> pools = new ArrayList<>();
  private final List<HttpClient> clients = new ArrayList<>();
  private final PoolCounter counter = new PoolCounter();

  public ReactorNettyConnector(
      String upstream, EventLoops loops, ConnectionPolicy policy, Telemetry telemetry) {
    this.upstream = upstream;
    this.loops = loops;
    this.policy = policy;
    this.telemetry = telemetry;
    for (EventLoop loop : loops.all()) {
      ConnectionProvider pool = newPool();
      pools.add(pool);
      clients.add(newClient(pool, loop));
    }
  }

  private ConnectionProvider newPool() {
    return ConnectionProvider.builder(upstream)
        .maxConnections(policy.maxConnections())
        // Who is let through by the concurrency limit waits here only while a connection that was
        // given
        // up is still on its way out.
        .pendingAcquireMaxCount(2 * policy.maxConnections())
        .pendingAcquireTimeout(policy.connectTimeout())
        .maxIdleTime(policy.maxIdle())
        .evictInBackground(policy.maxIdle().dividedBy(2))
        .lifo()
        .metrics(true, () -> counter)
        .build();
  }

  private HttpClient newClient(ConnectionProvider pool, EventLoop loop) {
    int connectMillis = (int) policy.connectTimeout().toMillis();
    return HttpClient.create(pool)
        .runOn(loop)
        .disableRetry(true)
        .followRedirect(false)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis)
        .option(ChannelOption.TCP_NODELAY, true)
        .httpResponseDecoder(
            spec ->
                spec.maxInitialLineLength(policy.maxHeaderBytes())
                    .maxHeaderSize(policy.maxHeaderBytes())
                    .validateHeaders(true))
        .doOnChannelInit(
            (observer, channel, address) ->
                channel
                    .pipeline()
                    .addBefore(
                        NettyPipeline.ReactiveBridge,
                        GUARD,
                        new UpstreamResponseGuard(
                            () -> telemetry.count(Event.UPSTREAM_POISONED, upstream))));
  }

  @Override
  public Handler to(Endpoint endpoint) {
    InetSocketAddress address =
        InetSocketAddress.createUnresolved(endpoint.authority().address(), endpoint.port());
    List<HttpClient> toEndpoint = new ArrayList<>();
    for (HttpClient client : clients) {
      HttpClient addressed = client.remoteAddress(() -> address);
      toEndpoint.add(endpoint.isSecure() ? addressed.secure() : addressed);
    }
    return request -> send(request, endpoint, clientOfThisLoop(toEndpoint));
  }

  private HttpClient clientOfThisLoop(List<HttpClient> toEndpoint) {
    List<EventLoop> all = loops.all();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).inEventLoop()) {
        return toEndpoint.get(i);
      }
    }
    return toEndpoint.get(0);
  }

  private Mono<Response> send(Request request, Endpoint endpoint, HttpClient client) {
    return Mono.defer(
        () -> {
          request.progress().enter(Phase.CONNECT);
          return exchange(request, endpoint, client)
              .onErrorMap(error -> failure(error, request, endpoint));
        });
  }

  private Mono<Response> exchange(Request request, Endpoint endpoint, HttpClient client) {
    return client
        .request(request.method())
        .uri(request.target().toString())
        .send((head, outbound) -> write(request, endpoint, head, outbound))
        .responseConnection((head, connection) -> read(request, head, connection))
        .next();
  }

  private Publisher<Void> write(
      Request request, Endpoint endpoint, HttpClientRequest head, NettyOutbound outbound) {
    request.progress().enter(Phase.HEAD);
    HttpHeaders fields = head.requestHeaders().clear().add(fieldsFor(request, endpoint));
    NettyOutbound unused =
        outbound.withConnection(
            connection ->
                connection
                    .channel()
                    .attr(UpstreamResponseGuard.INFORMATIONAL)
                    .set(request.informational()));
    Body body = request.body();
    if (body.length() == 0) {
      if (announcesContent(request.method())) {
        fields.set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
      }
      return outbound.then();
    }
    if (body.length() > 0) {
      fields.set(HttpHeaderNames.CONTENT_LENGTH, body.length());
    } else {
      fields.remove(HttpHeaderNames.CONTENT_LENGTH);
      fields.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    // As objects: the client would gather the buffers of a GET in memory first.
    return outbound.sendObject(body.content());
  }

  /** Methods of which a request without a body says that it has none (RFC 9110 §8.6). */
  private static boolean announcesContent(HttpMethod method) {
    return method.equals(HttpMethod.POST)
        || method.equals(HttpMethod.PUT)
        || method.equals(HttpMethod.PATCH);
  }

  private HttpHeaders fieldsFor(Request request, Endpoint endpoint) {
    HttpHeaders fields = Fields.create().add(request.headers());
    if (!fields.contains(HttpHeaderNames.HOST)) {
      fields.set(HttpHeaderNames.HOST, endpoint.authority().toString());
    }
    RequestTimeout.set(fields, request.deadline(), loops.clock());
    return fields;
  }

  private Mono<Response> read(Request request, HttpClientResponse head, Connection connection) {
    int status = head.status().code();
    if (status < 200 || status > 599) {
      connection.dispose();
      return Mono.error(
          Failure.UPSTREAM_INVALID.exception("status: " + status + " (expected: 200 to 599)"));
    }
    HttpHeaders fields = head.responseHeaders();
    long length = lengthOf(fields);
    boolean isWithoutBody =
        request.method().equals(HttpMethod.HEAD) || status == 204 || status == 304 || length == 0;
    HopByHop.strip(fields);
    Flux<ByteBuf> content =
        connection.inbound().receive().retain().onErrorMap(ReactorNettyConnector::brokenOff);
    if (isWithoutBody) {
      return content.then(Mono.just(Response.of(status, fields, Body.empty())));
    }
    AtomicReference<HttpHeaders> trailers = new AtomicReference<>();
    Mono<ByteBuf> end = head.trailerHeaders().doOnNext(trailers::set).then(Mono.empty());
    Body body =
        Body.streaming(
            content.concatWith(end),
            length,
            () -> Objects.requireNonNullElse(trailers.get(), EmptyHttpHeaders.INSTANCE),
            connection::dispose);
    return Mono.just(Response.of(status, fields, body));
  }

  private static long lengthOf(HttpHeaders fields) {
    String length = fields.get(HttpHeaderNames.CONTENT_LENGTH);
    return length == null ? -1 : Long.parseLong(length);
  }

  private static Throwable brokenOff(Throwable error) {
    return isInvalid(error)
        ? Failure.UPSTREAM_INVALID.exception(text(error), error)
        : Failure.UPSTREAM_CLOSED.exception(text(error), error);
  }

  private static Throwable failure(Throwable error, Request request, Endpoint endpoint) {
    if (error instanceof FailureException) {
      return error;
    }
    String detail = endpoint + ": " + text(error);
    if (request.progress().phase() == Phase.CONNECT) {
      boolean isLate =
          error instanceof ConnectTimeoutException || error instanceof TimeoutException;
      return isLate
          ? Failure.CONNECT_TIMEOUT.exception(detail, error)
          : Failure.CONNECT_FAILED.exception(detail, error);
    }
    return isInvalid(error)
        ? Failure.UPSTREAM_INVALID.exception(detail, error)
        : Failure.UPSTREAM_CLOSED.exception(detail, error);
  }

  /** Whether the endpoint spoke, but not as it must; anything else is a connection that ended. */
  private static boolean isInvalid(Throwable error) {
    return error instanceof CodecException && !(error instanceof PrematureChannelClosureException)
        || error instanceof IllegalArgumentException
        || error instanceof UpstreamResponseGuard.TooManyInformationalResponses;
  }

  private static String text(Throwable error) {
    String message = error.getMessage();
    return message == null ? error.getClass().getSimpleName() : message;
  }

  @Override
  public Mono<Void> close() {
    return Flux.fromIterable(pools).concatMap(ConnectionProvider::disposeLater).then();
  }

  @Override
  public Connections connections() {
    return counter.connections();
  }
}
