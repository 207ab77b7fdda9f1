package dev.weir.peers;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.ConnectionProvider;

/**
 * Reactor Netty's server in front of its own client, without any policy: what the stack costs that
 * the gateway first stood on.
 */
public final class ReactorNettyPassThrough {

  private final HttpClient client;
  private final String upstream;

  private ReactorNettyPassThrough(String upstream) {
    this.upstream = upstream;
    client = HttpClient.create(ConnectionProvider.create("upstream", 1024));
  }

  /** Takes a port to listen on, and the address of the upstream, like http://127.0.0.1:9000. */
  public static void main(String[] args) {
    ReactorNettyPassThrough proxy = new ReactorNettyPassThrough(args[1]);
    DisposableServer server =
        HttpServer.create()
            .host("127.0.0.1")
            .port(Integer.parseInt(args[0]))
            .handle((request, response) -> proxy.handle(request, response))
            .bindNow();
    // Event loops are daemon threads: the process lives as long as this one, which serves nobody.
    server.onDispose().block();
  }

  private Mono<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    return client
        .headers(to -> copy(request.requestHeaders(), to))
        .request(request.method())
        .uri(upstream + request.uri())
        .send(
            (sent, outbound) ->
                hasBody(request) ? outbound.send(request.receive().retain()) : outbound)
        .response(
            (answer, body) -> {
              copyHead(answer, response);
              return response.send(body.retain());
            })
        .then();
  }

  private static boolean hasBody(HttpServerRequest request) {
    HttpHeaders headers = request.requestHeaders();
    return headers.contains(HttpHeaderNames.CONTENT_LENGTH)
        || headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
  }

  private static void copyHead(HttpClientResponse from, HttpServerResponse to) {
    to.status(from.status());
    copy(from.responseHeaders(), to.responseHeaders());
  }

  /** Without what belongs to the connection (RFC 9110 section 7.6.1). */
  private static void copy(HttpHeaders from, HttpHeaders to) {
    to.set(from);
    to.remove(HttpHeaderNames.CONNECTION);
    to.remove("keep-alive");
  }
}
