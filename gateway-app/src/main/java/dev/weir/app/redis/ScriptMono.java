package dev.weir.app.redis;

import java.util.List;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/** The command of a request, as an operator: it is on the path of each that shares a limit. */
final class ScriptMono extends Mono<List<Object>> {

  private final RedisLink link;
  private final String[] keys;
  private final String[] arguments;

  ScriptMono(RedisLink link, String[] keys, String[] arguments) {
    this.link = link;
    this.keys = keys;
    this.arguments = arguments;
  }

  @Override
  public void subscribe(CoreSubscriber<? super List<Object>> actual) {
    actual.onSubscribe(new Call(link, keys, arguments, actual));
  }

  private static final class Call extends LinkCall implements Subscription {

    private final CoreSubscriber<? super List<Object>> actual;
    private boolean isRequested;

    Call(
        RedisLink link,
        String[] keys,
        String[] arguments,
        CoreSubscriber<? super List<Object>> actual) {
      super(link, keys, arguments);
      this.actual = actual;
    }

    @Override
    public void request(long n) {
      if (Operators.validate(n) && !isRequested) {
        isRequested = true;
        startTimer();
        link.begin(this);
      }
    }

    /** The command can't be called back; nobody waits for its answer any more. */
    @Override
    public void cancel() {
      link.onLoop(this::leave);
    }

    @Override
    void onAnswer(List<Object> answer) {
      actual.onNext(answer);
      actual.onComplete();
    }

    @Override
    void onTrouble(RedisTrouble trouble) {
      actual.onError(trouble);
    }
  }
}
