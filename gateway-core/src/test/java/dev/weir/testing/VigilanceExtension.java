package dev.weir.testing;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** {@link Vigilance} over every Jupiter test; found by itself. */
public final class VigilanceExtension
    implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

  @Override
  public void beforeAll(ExtensionContext context) {
    Vigilance.start();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Vigilance.check();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Vigilance.collectLeaks();
    Vigilance.check();
  }
}
