package dev.weir.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** The watch itself: a guard that sees nothing would pass every test. */
class VigilanceTest {

  @Test
  void seesALeakedBuffer() {
    leak();

    assertThat(offencesAfterCollection()).anyMatch(offence -> offence.contains("leaked a ByteBuf"));
  }

  private static void leak() {
    ByteBuf forgotten = PooledByteBufAllocator.DEFAULT.directBuffer(64);
    forgotten.writeByte(1);
  }

  private static List<String> offencesAfterCollection() {
    Vigilance.collectLeaks();
    return Vigilance.offences();
  }

  @Test
  void seesADroppedError() {
    Operators.onErrorDropped(new IllegalStateException("nobody listens"), Context.empty());

    assertThat(Vigilance.offences()).anyMatch(offence -> offence.contains("nobody listens"));
  }

  @Test
  void seesADroppedValue() {
    Operators.onNextDropped("nobody wants it", Context.empty());

    assertThat(Vigilance.offences()).anyMatch(offence -> offence.contains("nobody wants it"));
  }

  @Test
  void seesAWarning() {
    LoggerFactory.getLogger(VigilanceTest.class).warn("look out");

    assertThat(Vigilance.offences()).anyMatch(offence -> offence.contains("look out"));
  }

  @Test
  void letsPassWhatATestExpects() {
    Vigilance.expect("look out");

    LoggerFactory.getLogger(VigilanceTest.class).warn("look out");

    assertThat(Vigilance.offences()).isEmpty();
  }
}
