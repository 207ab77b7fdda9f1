package dev.weir.app.server;

/** A connection of a client, whatever it speaks, for whoever ends all of them. */
interface OpenConnection {

  /** Says that it will be closed soon, where the protocol has words for that. */
  default void announceEnd() {}

  /** Closes the connection once it has had no request for a moment. */
  void closeWhenIdle();

  /** Closes the connection, whatever it does. */
  void closeNow();
}
