package dev.weir.app.redis;

import java.util.Locale;

/**
 * Why Redis gave no answer to a command. It has no stack trace: while Redis is gone, each has one.
 */
final class RedisTrouble extends RuntimeException {

  /** The kinds, as they are counted. */
  enum Kind {
    /** There is no connection. */
    DISCONNECTED,
    /** There is one, but nothing good has come from it of late. */
    DOWN,
    /** As many commands are without an answer as may be. */
    FULL,
    /** It took too long; what became of it is not known. */
    TIMEOUT,
    /** The connection ended first; what became of the command is not known. */
    CLOSED,
    /** Redis refused. */
    REFUSED;

    String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Kind kind;
  private final String why;

  RedisTrouble(Kind kind, String why) {
    super(kind.code() + ": " + why, null, false, false);
    this.kind = kind;
    this.why = why;
  }

  /** In the words of whoever knew. */
  String why() {
    return why;
  }

  Kind kind() {
    return kind;
  }
}
