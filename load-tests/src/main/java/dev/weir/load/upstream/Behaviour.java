package dev.weir.load.upstream;

/** Says what to do with each request; called on the upstream's one thread. */
@FunctionalInterface
public interface Behaviour {

  /**
   * Decides.
   *
   * @param path of the request, with its query
   */
  Answer answerTo(String path);
}
