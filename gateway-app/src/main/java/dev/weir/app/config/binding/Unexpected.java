package dev.weir.app.config.binding;

/** A text that is not what its setting takes; the message says what is expected. */
final class Unexpected extends Exception {

  private final String expected;

  Unexpected(String expected) {
    super(expected, null, false, false);
    this.expected = expected;
  }

  String expected() {
    return expected;
  }
}
