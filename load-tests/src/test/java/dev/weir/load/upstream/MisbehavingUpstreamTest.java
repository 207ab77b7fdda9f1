package dev.weir.load.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MisbehavingUpstreamTest {

  private final HttpClient client = HttpClient.newHttpClient();
  private final MisbehavingUpstream upstream = MisbehavingUpstream.start(path -> Answer.ok(64));

  @AfterEach
  void closeUpstream() {
    upstream.close();
  }

  @Test
  void answersAsItIsTold() throws Exception {
    upstream.behave(path -> path.equals("/large?x") ? Answer.ok(1_000_000) : Answer.of(404));

    assertThat(ask("/large?x").body()).hasSize(1_000_000);
    assertThat(ask("/other").statusCode()).isEqualTo(404);
    assertThat(upstream.requests()).isEqualTo(2);
  }

  @Test
  void sealsWhatItAnswers() throws Exception {
    byte[] one = ask("/one?1").body();
    byte[] two = ask("/one?2").body();

    assertThat(one).hasSize(64);
    assertThat(Seal.fault(one, "/one?1")).isEmpty();
    assertThat(Seal.fault(two, "/one?2")).isEmpty();
    assertThat(Seal.fault(two, "/one?1")).contains("another's");
    assertThat(Seal.fault(mixed(one, two), "/one?1")).contains("mixed");
    assertThat(Seal.fault(Arrays.copyOf(one, 40), "/one?1")).isNotEmpty();
    assertThat(Seal.fault(twice(one), "/one?1")).isNotEmpty();
    assertThat(Seal.fault(new byte[0], "/one?1")).contains("short");
  }

  private static byte[] mixed(byte[] one, byte[] two) {
    byte[] mixed = one.clone();
    System.arraycopy(two, 32, mixed, 32, 32);
    return mixed;
  }

  private static byte[] twice(byte[] one) {
    byte[] twice = Arrays.copyOf(one, 2 * one.length);
    System.arraycopy(one, 0, twice, one.length, one.length);
    return twice;
  }

  @Test
  void readsBodiesToTheirEnd() throws Exception {
    HttpRequest post = request("/").POST(BodyPublishers.ofByteArray(new byte[200_000])).build();

    assertThat(client.send(post, BodyHandlers.ofByteArray()).statusCode()).isEqualTo(200);
    assertThat(client.send(post, BodyHandlers.ofByteArray()).body()).hasSize(64);
    assertThat(upstream.requests()).isEqualTo(2);
  }

  @Test
  void breaksConnectionsOff() {
    upstream.behave(path -> Answer.reset());

    assertThatThrownBy(() -> ask("/")).isInstanceOf(IOException.class);
  }

  @Test
  void manyRequestsWaitAtATime() {
    upstream.behave(path -> Answer.ok(64).after(Duration.ofSeconds(1)));

    List<CompletableFuture<HttpResponse<byte[]>>> waiting =
        Stream.generate(() -> client.sendAsync(request("/").build(), BodyHandlers.ofByteArray()))
            .limit(50)
            .toList();

    assertThat(waiting).allSatisfy(answer -> assertThat(answer.join().body()).hasSize(64));
    assertThat(upstream.mostInFlight()).isBetween(2, 50);
    assertThat(upstream.inFlight()).isZero();
  }

  private HttpResponse<byte[]> ask(String path) throws Exception {
    return client.send(request(path).build(), BodyHandlers.ofByteArray());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + upstream.port() + path));
  }
}
