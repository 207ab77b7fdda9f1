package dev.weir.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class RecoveryTest {

  private static Mono<String> recovered(Mono<String> call) {
    return Recovery.recover(() -> call, Throwable::getMessage);
  }

  @Test
  void leavesAValueAsItIs() {
    StepVerifier.create(recovered(Mono.just("value"))).expectNext("value").verifyComplete();
  }

  @Test
  void leavesAnEmptyCallEmpty() {
    StepVerifier.create(recovered(Mono.empty())).verifyComplete();
  }

  @Test
  void makesAValueOfAnError() {
    StepVerifier.create(recovered(Mono.error(new IllegalStateException("broken"))))
        .expectNext("broken")
        .verifyComplete();
  }

  @Test
  void makesAValueOfWhatIsThrownWhileTheCallIsMade() {
    Mono<String> call =
        Recovery.recover(
            () -> {
              throw new IllegalStateException("not even made");
            },
            Throwable::getMessage);
    StepVerifier.create(call).expectNext("not even made").verifyComplete();
  }

  @Test
  void makesTheCallForEachSubscription() {
    int[] made = new int[1];
    Mono<Integer> call = Recovery.recover(() -> Mono.just(++made[0]), error -> -1);
    assertThat(made[0]).isZero();
    StepVerifier.create(call).expectNext(1).verifyComplete();
    StepVerifier.create(call).expectNext(2).verifyComplete();
  }

  @Test
  void cancelsTheCall() {
    TestPublisher<String> call = TestPublisher.create();
    StepVerifier.create(recovered(call.mono())).thenCancel().verify();
    call.assertCancelled();
  }
}
