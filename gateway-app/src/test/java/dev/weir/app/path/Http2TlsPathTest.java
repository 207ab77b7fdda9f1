package dev.weir.app.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.app.TestGateway;
import dev.weir.testing.FakeUpstream;
import dev.weir.testing.Http2Client;
import dev.weir.testing.Http2Client.Frame;
import dev.weir.testing.TestAuthority;
import dev.weir.testing.TestAuthority.Issued;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 over TLS, with the client of Java; and the end of a gateway. */
final class Http2TlsPathTest {

  private static final TestAuthority AUTHORITY = new TestAuthority("Test");

  @TempDir private Path directory;
  private final FakeUpstream upstream = new FakeUpstream();
  private TestGateway gateway;

  @AfterEach
  void close() {
    upstream.close();
  }

  private void start(String more) throws Exception {
    Issued issued = AUTHORITY.issue("localhost");
    Path certificate = Files.writeString(directory.resolve("a.pem"), issued.certificatePem());
    Path key = Files.writeString(directory.resolve("a.key"), issued.keyPem());
    gateway =
        TestGateway.start(
            "tls: {listen: 127.0.0.1:0, certificates: [{certificate: %s, key: %s}]}\n"
                    .formatted(certificate, key)
                + more
                + "upstreams: {one: $1}\nroutes: [{id: all, path: /*, to: one}]\n",
            upstream);
  }

  /** Java's client keeps its connections until it is collected, or told that they end. */
  private void stop() {
    assertThat(gateway.running().stop()).isEmpty();
    gateway.assertNothingIsLeft();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + gateway.tlsPort() + path));
  }

  private static HttpClient client() {
    return HttpClient.newBuilder().sslContext(AUTHORITY.context(null)).build();
  }

  @Test
  void isChosenByClientsThatSpeakIt() throws Exception {
    start("");
    upstream.on("/echo", exchange -> exchange.reply(200, exchange.text()));
    HttpClient client = client();
    byte[] content =
        "0123456789abcdef".repeat(32 << 10).getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    HttpResponse<byte[]> answer =
        client.send(
            request("/echo")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content)))
                .build(),
            BodyHandlers.ofByteArray());

    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(answer.body()).isEqualTo(content);
    List<CompletableFuture<HttpResponse<String>>> many =
        IntStream.range(0, 50)
            .mapToObj(i -> client.sendAsync(request("/" + i).build(), BodyHandlers.ofString()))
            .toList();
    assertThat(many).allSatisfy(one -> assertThat(one.join().body()).isEqualTo("ok"));
    stop();
  }

  @Test
  void isNotOfferedWhereItIsOff() throws Exception {
    start("http2: off\n");

    HttpResponse<String> answer = client().send(request("/").build(), BodyHandlers.ofString());

    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    stop();
  }

  /** P1: no new streams, and those that there are end. */
  @Test
  void endsGently() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    upstream.on(
        "/wait",
        exchange -> {
          released.await();
          exchange.reply(200, "ok");
        });
    start("drain: {grace: 200ms, finish: 10s}\n");
    Http2Client client = Http2Client.polite(gateway.port()).get(1, "/wait");
    upstream.received();
    CompletableFuture<List<String>> stopped =
        CompletableFuture.supplyAsync(() -> gateway.running().stop());

    Frame first = client.next(Http2Client.GOAWAY);
    assertThat(first.number(0)).isEqualTo(Integer.MAX_VALUE);
    assertThat(first.code()).isZero();
    Frame second = client.next(Http2Client.GOAWAY);
    assertThat(second.number(0)).isEqualTo(1);
    released.countDown();
    assertThat(client.answer(1).text()).isEqualTo("ok");
    assertThat(client.next()).isNull();
    assertThat(stopped.join()).isEmpty();
    gateway.assertNothingIsLeft();
  }
}
