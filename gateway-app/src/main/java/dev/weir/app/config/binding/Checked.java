package dev.weir.app.config.binding;

/** A record whose parts have to agree with one another. */
public interface Checked {

  /** Reports what does not; runs when each part by itself is in order. */
  void check(Problems at);
}
