package dev.weir.route;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Failure;
import dev.weir.http.Handler;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.route.Answers.Share;
import dev.weir.testing.Requests;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Where a path can end other than at an upstream. */
class AnswersTest {

  @Test
  void givesTheSameAnswerToEverybody() {
    Handler handler = Answers.fixed(418, Map.of("x-a", "1"), "short and stout".getBytes(US_ASCII));

    for (int i = 0; i < 2; i++) {
      Response response = handler.handle(Requests.get("/")).block();
      assertThat(response.status()).isEqualTo(418);
      assertThat(response.headers().get("x-a")).isEqualTo("1");
      response.headers().set("x-a", "changed by a step");
      ByteBuf body = response.body().content().blockFirst();
      assertThat(body.toString(US_ASCII)).isEqualTo("short and stout");
      body.release();
      response.discard();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/new/{id}, /old/7, /new/7",
    "/new/{id}, /old/7?a=b, /new/7?a=b",
    "/new/{id}, /old/7?, /new/7?",
    "/new?id={id}, /old/7?a=b, /new?id=7",
    "https://b.example/{id}, /old/a%20b, https://b.example/a%20b",
  })
  void redirectsAndTakesTheQueryAlong(String template, String target, String location) {
    PathPattern pattern = PathPattern.parse("/old/{id}");
    Request request = Requests.get(target);

    Response response =
        Answers.redirect(308, PathTemplate.parse(template, pattern))
            .handle(request.withPathParameters(pattern.parameters(request.target().path())))
            .block();

    assertThat(response.status()).isEqualTo(308);
    assertThat(response.headers().get("location")).isEqualTo(location);
    assertThat(response.body().length()).isZero();
    response.discard();
  }

  @Test
  void splitsByWeight() {
    List<Long> bounds = new ArrayList<>();
    StringBuilder taken = new StringBuilder();
    List<Long> numbers = List.of(0L, 2L, 3L, 3L, 0L);
    Handler split =
        Answers.split(
            List.of(share(3, "a"), share(0, "b"), share(1, "c")),
            bound -> {
              bounds.add(bound);
              return numbers.get(bounds.size() - 1);
            });

    for (int i = 0; i < numbers.size(); i++) {
      taken.append(split.handle(Requests.get("/")).block().headers().get("x-share"));
    }

    assertThat(taken).hasToString("aacca");
    assertThat(bounds).containsOnly(4L);
  }

  @Test
  void drawsAnewForEachRepetition() {
    List<Long> draws = new ArrayList<>(List.of(0L, 1L));
    Mono<Response> answer =
        Answers.split(List.of(share(1, "a"), share(1, "b")), bound -> draws.remove(0))
            .handle(Requests.get("/"));

    assertThat(answer.block().headers().get("x-share")).isEqualTo("a");
    assertThat(answer.block().headers().get("x-share")).isEqualTo("b");
  }

  @Test
  void hasNobodyToAskIfThereAreNoShares() {
    StepVerifier.create(Answers.split(List.of(), bound -> 0).handle(Requests.get("/")))
        .verifyErrorSatisfies(
            error -> assertThat(Failure.of(error)).isEqualTo(Failure.NO_ENDPOINT));
  }

  private static Share share(long weight, String name) {
    return new Share(weight, Answers.fixed(200, Map.of("x-share", name), new byte[0]));
  }
}
