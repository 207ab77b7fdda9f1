package dev.weir.peers;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.httpproxy.HttpProxy;
import java.net.URI;

/** Vert.x's proxy as its manual shows it, with enough connections to the upstream. */
public final class VertxProxy {

  private VertxProxy() {}

  /** Takes a port to listen on, and the address of the upstream, like http://127.0.0.1:9000. */
  public static void main(String[] args) {
    URI upstream = URI.create(args[1]);
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions().setKeepAlive(true), new PoolOptions().setHttp1MaxSize(1024));
    HttpProxy proxy =
        HttpProxy.reverseProxy(client).origin(upstream.getPort(), upstream.getHost());
    vertx
        .createHttpServer()
        .requestHandler(proxy)
        .listen(Integer.parseInt(args[0]), "127.0.0.1")
        .onFailure(
            failure -> {
              failure.printStackTrace();
              System.exit(1);
            });
  }
}
