package dev.weir.app.config.binding;

/**
 * What has to hold between records in different parts of a file.
 *
 * <p>Runs even if some of the file is in error, on the records that could be bound, so that
 * everything is reported in one go.
 */
@FunctionalInterface
public interface CrossCheck {

  void check(Bound records, Problems at);
}
