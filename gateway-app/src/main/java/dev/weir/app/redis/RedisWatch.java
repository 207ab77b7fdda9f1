package dev.weir.app.redis;

/** Is told what happens between the gateway and Redis; on event loops, so it must not wait. */
public interface RedisWatch {

  /** A connection changed its state, to {@code up}, {@code down} or {@code disconnected}. */
  void changed(String to, String why);

  /** A command was answered in time. */
  void answered(long nanos);

  /** A command was not; the reason is one of a few words. */
  void failed(String reason);

  /** A script was sent whole, as Redis did not have it. */
  void scriptSent();
}
