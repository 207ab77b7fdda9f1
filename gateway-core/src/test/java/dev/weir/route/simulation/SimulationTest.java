package dev.weir.route.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.Failure;
import dev.weir.http.Filter;
import dev.weir.http.Handler;
import dev.weir.http.Request;
import dev.weir.http.Response;
import dev.weir.route.simulation.World.Gauge;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Every request ends exactly once, every permit comes back, every buffer is freed, no timer is
 * left, and what is read is what was sent, in full if it seems so (P11), whatever the world does.
 * {@code -Dseed=8} replays one seed; {@code -Dseeds=10000} tries more.
 */
final class SimulationTest {

  private static final long SEEDS = Long.getLong("seeds", 300);

  @Test
  void endsEveryRequestOnceAndGivesEverythingBack() {
    Long one = Long.getLong("seed");
    LongStream seeds = one == null ? LongStream.range(0, SEEDS) : LongStream.of(one);

    seeds.forEach(
        seed -> {
          World world = new World(seed, World::soundLimit).run();
          assertThat(world.verdict())
              .as("seed %d%n%s", seed, String.join("\n", world.history))
              .isEmpty();
        });
  }

  @Test
  void tellsTheSameHistoryForTheSameSeed() {
    List<String> first = new World(42, World::soundLimit).run().history;
    List<String> second = new World(42, World::soundLimit).run().history;

    assertThat(second).isEqualTo(first);
  }

  /** The world must be hostile enough to matter. */
  @Test
  void meetsEveryKindOfEnd() {
    String all =
        String.join(
            "\n",
            LongStream.range(0, 50)
                .boxed()
                .flatMap(seed -> new World(seed, World::soundLimit).run().history.stream())
                .toList());

    assertThat(all)
        .contains("200 NOBODY BODY null", "leaves", "QUEUE_FULL", "QUEUE_TIMEOUT")
        .contains("BREAKER_OPEN", "DEADLINE_EXCEEDED", "ATTEMPT_TIMEOUT", "CONNECT_FAILED")
        .contains("UPSTREAM_CLOSED", "UPSTREAM_STALLED", "CLIENT_STALLED", "attempts=3")
        .contains("CLIENT QUEUE", "CLIENT HEAD", "CLIENT BODY", "CLIENT BACKOFF")
        .contains("event RETRIED", "event REPLAY_TOO_LARGE", "event RETRY_BUDGET_EXHAUSTED")
        .contains("breaker CLOSED to OPEN", "breaker HALF_OPEN to CLOSED");
  }

  /** Limits as they are often written; the simulation must find what is wrong with each. */
  enum BrokenLimit {
    /** Frees the permit when the head is there: bodies run outside the limit. */
    FREES_AT_THE_HEAD {
      @Override
      Mono<Response> limit(Gauge gauge, Request request, Handler next) {
        return Mono.defer(
            () -> {
              gauge.permitsOut++;
              gauge.enter();
              return next.handle(request)
                  .doOnNext(response -> response.onEnd(ending -> gauge.leave()))
                  .doOnCancel(gauge::leave)
                  .doFinally(signal -> gauge.permitsOut--);
            });
      }
    },
    /** Forgets that a client may leave before there is a response. */
    FORGETS_CANCELLATION {
      @Override
      Mono<Response> limit(Gauge gauge, Request request, Handler next) {
        return Mono.defer(
            () -> {
              gauge.permitsOut++;
              return next.handle(request)
                  .doOnNext(response -> response.onEnd(ending -> gauge.permitsOut--));
            });
      }
    },
    /** Frees the permit at the end of the response, and when the subscription ends as well. */
    FREES_TWICE {
      @Override
      Mono<Response> limit(Gauge gauge, Request request, Handler next) {
        return Mono.defer(
            () -> {
              gauge.permitsOut++;
              return next.handle(request)
                  .doOnNext(response -> response.onEnd(ending -> gauge.permitsOut--))
                  .doOnCancel(() -> gauge.permitsOut--)
                  .doOnTerminate(() -> gauge.permitsOut--);
            });
      }
    };

    abstract Mono<Response> limit(Gauge gauge, Request request, Handler next);

    Filter filter(World world, Gauge gauge) {
      return (request, next) ->
          gauge.permitsOut >= Gauge.MAX
              ? Mono.error(Failure.QUEUE_FULL::exception)
              : limit(gauge, request, next);
    }
  }

  /**
   * Deliveries with a fault, some of which leak as well; the simulation must find what is wrong
   * with each.
   */
  enum BrokenDelivery {
    SEEMS_WHOLE {
      @Override
      Flux<ByteBuf> deliver(Flux<ByteBuf> sound) {
        return sound.onErrorComplete();
      }
    },
    LOSES_A_PIECE {
      @Override
      Flux<ByteBuf> deliver(Flux<ByteBuf> sound) {
        return sound.skip(1);
      }
    },
    DOUBLES {
      @Override
      Flux<ByteBuf> deliver(Flux<ByteBuf> sound) {
        return sound.concatMap(piece -> Flux.just(piece, piece.retainedDuplicate()));
      }
    },
    /** Each piece has a byte of the last one that anybody was given. */
    MIXES {
      private byte kept;

      @Override
      Flux<ByteBuf> deliver(Flux<ByteBuf> sound) {
        return sound.doOnNext(
            piece -> {
              byte own = piece.getByte(piece.readerIndex());
              piece.setByte(piece.readerIndex(), kept);
              kept = own;
            });
      }
    };

    abstract Flux<ByteBuf> deliver(Flux<ByteBuf> sound);

    Filter ofAnswers(World world, Gauge gauge) {
      return (request, next) ->
          next.handle(request)
              .map(response -> response.withBody(response.body().onStream(this::deliver)));
    }

    Filter ofUploads(World world, Gauge gauge) {
      return (request, next) ->
          next.handle(request.withBody(request.body().onStream(this::deliver)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void findsAnAnswerThatIsBroken(BrokenDelivery broken) {
    assertThat(wrong(broken::ofAnswers)).anySatisfy(SimulationTest::isOfAnAnswer);
  }

  private static void isOfAnAnswer(String wrong) {
    assertThat(wrong).startsWith("request-").contains(" answer ");
  }

  /** No upload breaks off here, so none can seem whole. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SEEMS_WHOLE")
  void findsAnUploadThatIsBroken(BrokenDelivery broken) {
    assertThat(wrong(broken::ofUploads))
        .anySatisfy(wrong -> assertThat(wrong).startsWith("an endpoint for request-"));
  }

  private static List<String> wrong(BiFunction<World, Gauge, Filter> broken) {
    return LongStream.range(0, 10)
        .boxed()
        .flatMap(seed -> new World(seed, broken).run().verdict().stream())
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void findsALimitThatIsBroken(BrokenLimit broken) {
    BiFunction<World, Gauge, Filter> limit = broken::filter;

    assertThat(LongStream.range(0, 50))
        .anySatisfy(seed -> assertThat(new World(seed, limit).run().verdict()).isNotEmpty());
  }
}
