package dev.weir.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.IllegalReferenceCountException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** Who owns what of a body, and how often it can be read. */
class BodyTest {

  private static ByteBuf buffer(String text) {
    return ByteBufUtil.writeAscii(PooledByteBufAllocator.DEFAULT, text);
  }

  private static List<String> read(Body body) {
    return body.content()
        .map(
            buffer -> {
              String text = buffer.toString(US_ASCII);
              buffer.release();
              return text;
            })
        .collectList()
        .block();
  }

  @Test
  void isEmpty() {
    Body body = Body.empty();

    assertThat(body.length()).isZero();
    assertThat(body.isRepeatable()).isTrue();
    assertThat(body.held().isReadable()).isFalse();
    assertThat(body.trailers()).isSameAs(EmptyHttpHeaders.INSTANCE);
    assertThat(read(body)).isEmpty();
    body.discard();
    assertThat(read(body)).isEmpty();
  }

  @Test
  void canBeReadAnyNumberOfTimesIfItIsHeld() {
    ByteBuf content = buffer("abc");
    Body body = Body.held(content);

    assertThat(body.length()).isEqualTo(3);
    assertThat(body.isRepeatable()).isTrue();
    assertThat(read(body)).containsExactly("abc");
    assertThat(read(body)).containsExactly("abc");
    assertThat(body.held()).isSameAs(content);
    assertThat(content.refCnt()).isEqualTo(1);

    body.discard();
    assertThat(content.refCnt()).isZero();
  }

  @Test
  void isFreedOnceHoweverOftenItIsDiscarded() {
    ByteBuf content = buffer("abc").retain();
    Body body = Body.held(content);

    body.discard();
    body.discard();

    assertThat(content.refCnt()).isEqualTo(1);
    content.release();
  }

  @Test
  void isGoneOnceItIsDiscarded() {
    Body body = Body.held(buffer("abc"));
    body.discard();

    StepVerifier.create(body.content()).verifyError(IllegalReferenceCountException.class);
  }

  @Test
  void leavesWhatAReaderStillHasWhenItIsDiscarded() {
    Body body = Body.held(buffer("abc"));
    ByteBuf read = body.content().blockFirst();

    body.discard();

    assertThat(read.toString(US_ASCII)).isEqualTo("abc");
    assertThat(read.release()).isTrue();
  }

  @Test
  void givesEachReaderItsOwnPosition() {
    Body body = Body.held(buffer("abc"));

    ByteBuf first = body.content().blockFirst();
    first.skipBytes(2).release();

    assertThat(body.length()).isEqualTo(3);
    assertThat(read(body)).containsExactly("abc");
    body.discard();
  }

  @Test
  void leaksNothingToAReaderWhoLeavesBeforeItAsks() {
    ByteBuf content = buffer("abc");
    Body body = Body.held(content);

    StepVerifier.create(body.content(), 0).thenCancel().verify();

    assertThat(content.refCnt()).isEqualTo(1);
    body.discard();
  }

  @Test
  void holdsBytes() {
    Body body = Body.held("abc".getBytes(US_ASCII));

    assertThat(body.length()).isEqualTo(3);
    assertThat(read(body)).containsExactly("abc");
    body.discard();
  }

  @Test
  void staysAsItIsInMemoryWhateverIsDoneToStreams() {
    Body held = Body.held(buffer("abc"));

    assertThat(held.onStream(stream -> Flux.error(new AssertionError()))).isSameAs(held);
    assertThat(Body.empty().onStream(stream -> Flux.error(new AssertionError())))
        .isSameAs(Body.empty());
    held.discard();
  }

  private final AtomicInteger discards = new AtomicInteger();
  private final HttpHeaders trailers = Fields.create().add("x-sum", "1");

  private Body streaming(Flux<ByteBuf> content) {
    return Body.streaming(content, -1, () -> trailers, discards::incrementAndGet);
  }

  @Test
  void canBeReadOnceIfItStreams() {
    Body body = streaming(Flux.defer(() -> Flux.just(buffer("ab"), buffer("c"))));

    assertThat(body.length()).isEqualTo(-1);
    assertThat(body.isRepeatable()).isTrue();
    assertThat(body.held()).isNull();
    assertThat(body.trailers()).isSameAs(trailers);
    assertThat(read(body)).containsExactly("ab", "c");
    assertThat(body.isRepeatable()).isFalse();
    StepVerifier.create(body.content()).verifyError(IllegalStateException.class);
  }

  @Test
  void isTakenBySubscribingAndNotByAskingForTheStream() {
    Body body = streaming(Flux.empty());

    Flux<ByteBuf> unused = body.content();

    StepVerifier.create(body.content()).verifyComplete();
  }

  @Test
  void freesWhatAStreamStandsOnOnce() {
    Body body = streaming(Flux.never());

    body.discard();
    body.discard();

    assertThat(discards).hasValue(1);
    StepVerifier.create(body.content()).verifyError(IllegalStateException.class);
  }

  @Test
  void leavesAStreamToItsReaderOnceThereIsOne() {
    TestPublisher<ByteBuf> content = TestPublisher.create();
    Body body = streaming(content.flux());

    StepVerifier.create(body.content())
        .then(body::discard)
        .then(() -> assertThat(content.wasCancelled()).isFalse())
        .thenCancel()
        .verify();

    content.assertCancelled();
    assertThat(discards).hasValue(0);
  }

  @Test
  void isOneStreamUnderAllItsOperators() {
    Body body = streaming(Flux.defer(() -> Flux.just(buffer("ab"))));
    Body upper = body.onStream(stream -> stream.map(BodyTest::twice));
    Body twice = upper.onStream(stream -> stream.map(BodyTest::twice));

    assertThat(twice.trailers()).isSameAs(trailers);
    assertThat(read(twice)).containsExactly("abababab");
    StepVerifier.create(body.content()).verifyError(IllegalStateException.class);
    StepVerifier.create(upper.content()).verifyError(IllegalStateException.class);
    body.discard();
    twice.discard();
    assertThat(discards).hasValue(0);
  }

  private static ByteBuf twice(ByteBuf buffer) {
    String text = buffer.toString(US_ASCII);
    buffer.release();
    return buffer(text + text);
  }

  @Test
  void isDiscardedOnceUnderAllItsOperators() {
    Body body = streaming(Flux.never());
    Body upper = body.onStream(stream -> stream);

    upper.discard();
    body.discard();

    assertThat(discards).hasValue(1);
  }
}
