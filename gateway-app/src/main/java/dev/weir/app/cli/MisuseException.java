package dev.weir.app.cli;

/** The program was called in a way that it can't be. The message says what was expected. */
public final class MisuseException extends Exception {

  private static final long serialVersionUID = 1;

  public MisuseException(String message) {
    super(message);
  }
}
