package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.Await;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocket.Listener;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.handshake.ServerHandshake;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients and a server that others have written speak with each other through the gateway. */
final class WebSocketClientsTest {

  private static final int SECONDS = 30;

  private static EchoServer server;
  private static TestGateway gateway;

  @BeforeAll
  static void start() throws Exception {
    server = EchoServer.start();
    gateway =
        TestGateway.start(
            """
            upstreams: {echo: http://127.0.0.1:%d}
            routes:
              - {id: all, to: echo}
              - {id: small, path: /small, to: echo, websocket: {max-message: 64KiB}}
            """
                .formatted(server.port()));
  }

  @AfterAll
  static void stop() throws Exception {
    gateway.close();
    server.close();
  }

  private static URI uri(String path) {
    return URI.create("ws://127.0.0.1:" + gateway.port() + path);
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(SECONDS, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  @Test
  void servesTheClientOfTheJdk() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    WebSocket client =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .connectTimeout(Duration.ofSeconds(SECONDS))
            .buildAsync(uri("/"), new Ear(heard))
            .get(SECONDS, TimeUnit.SECONDS);

    client.sendText("in two ", false).get(SECONDS, TimeUnit.SECONDS);
    client.sendText("parts \u20ac", true).get(SECONDS, TimeUnit.SECONDS);
    assertThat(next(heard)).isEqualTo("text in two parts \u20ac");
    client.sendBinary(ByteBuffer.allocate(1 << 20), true).get(SECONDS, TimeUnit.SECONDS);
    assertThat(next(heard)).isEqualTo("bytes " + (1 << 20));
    client.sendPing(ByteBuffer.wrap(new byte[7])).get(SECONDS, TimeUnit.SECONDS);
    assertThat(next(heard)).isEqualTo("pong 7");
    client.sendClose(4001, "enough").get(SECONDS, TimeUnit.SECONDS);
    assertThat(next(heard)).isEqualTo("close 4001 enough");
    Await.until("both sides are closed", () -> server.open() == 0);
  }

  @Test
  void letsBothSidesCompress() throws Exception {
    Client client = new Client(uri("/"));
    assertThat(client.connectBlocking(SECONDS, TimeUnit.SECONDS)).isTrue();
    String text = "much of the same, ".repeat(20_000);

    client.send(text);
    client.send(text);

    assertThat(next(client.heard)).isEqualTo(text);
    assertThat(next(client.heard)).isEqualTo(text);
    assertThat(client.extensions).startsWith("permessage-deflate");
    client.closeBlocking();
  }

  /** I13: the limit is on what a message inflates to. */
  @Test
  void closesWhoeverSendsWhatInflatesTooFar() throws Exception {
    Client client = new Client(uri("/small"));
    assertThat(client.connectBlocking(SECONDS, TimeUnit.SECONDS)).isTrue();

    client.send("a".repeat(60_000));
    assertThat(next(client.heard)).hasSize(60_000);
    client.send("a".repeat(70_000));

    assertThat(next(client.heard)).startsWith("closed 1009");
  }

  private static Draft draft() {
    return new Draft_6455(new PerMessageDeflateExtension());
  }

  private static final class Client extends WebSocketClient {

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private volatile String extensions = "";

    Client(URI uri) {
      super(uri, draft());
      setConnectionLostTimeout(0);
    }

    @Override
    public void onOpen(ServerHandshake handshake) {
      extensions = handshake.getFieldValue("Sec-WebSocket-Extensions");
    }

    @Override
    public void onMessage(String message) {
      heard.add(message);
    }

    @Override
    public void onClose(int code, String reason, boolean isRemote) {
      heard.add("closed " + code + " " + reason);
    }

    @Override
    public void onError(Exception error) {
      heard.add("error " + error);
    }
  }

  /** What the JDK's client hears. */
  private record Ear(BlockingQueue<String> heard, StringBuilder text, int[] bytes)
      implements Listener {

    Ear(BlockingQueue<String> heard) {
      this(heard, new StringBuilder(), new int[1]);
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean isLast) {
      text.append(data);
      if (isLast) {
        heard.add("text " + text);
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean isLast) {
      bytes[0] += data.remaining();
      if (isLast) {
        heard.add("bytes " + bytes[0]);
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
      heard.add("pong " + message.remaining());
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      heard.add("close " + code + " " + reason);
      return null;
    }
  }
}
