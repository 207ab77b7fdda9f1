package dev.weir.http;

import org.jspecify.annotations.Nullable;

/**
 * How a response came to its end.
 *
 * @param cause of {@link Kind#FAILED}, else null
 */
public record Ending(Kind kind, @Nullable Throwable cause) {

  /** The four ways. */
  public enum Kind {
    /** Its last byte was handed to the client's connection. */
    COMPLETE,
    /** The client closed its connection, or gave up its stream, before that. */
    CLIENT_LEFT,
    /** The body broke off, or could not be delivered; the client saw a cut answer. */
    FAILED,
    /** Nobody wanted it: a retry took its place, or its request was over already. */
    DISCARDED
  }

  public static final Ending COMPLETE = new Ending(Kind.COMPLETE, null);
  public static final Ending CLIENT_LEFT = new Ending(Kind.CLIENT_LEFT, null);
  public static final Ending DISCARDED = new Ending(Kind.DISCARDED, null);

  public static Ending failed(Throwable cause) {
    return new Ending(Kind.FAILED, cause);
  }
}
