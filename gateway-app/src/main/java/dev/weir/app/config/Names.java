package dev.weir.app.config;

/** What routes and upstreams may be called: safe in addresses, metrics, logs and file names. */
final class Names {

  static final String REGEX = "[a-z0-9][a-z0-9._-]{0,62}";
  static final String EXPECTED =
      "a name of 1 to 63 small letters, digits, '.', '_' and '-', beginning with a letter or digit";

  private Names() {}
}
