package dev.weir.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.http.IpAddress;
import dev.weir.http.Target.Ambiguous;
import dev.weir.http.TrustedProxies;
import dev.weir.testing.TestClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** X11: the guard of one connection, in a time that stands still. */
final class ConnectionGuardTest {

  private static final ListenerPolicy POLICY =
      new ListenerPolicy(
          1024,
          4096,
          20,
          8,
          8,
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          240,
          Ambiguous.REFUSE);

  private static final IpAddress PEER = IpAddress.ofNumber(1);

  private final TestClock clock = new TestClock();
  private final Connections connections =
      new Connections(8, new PerAddress(8, new TrustedProxies(List.of())));
  private final ConnectionGuard guard = new ConnectionGuard(POLICY, clock, connections);
  private final HttpHeaders head = new DefaultHttpHeaders();
  private final EmbeddedChannel channel = open();

  private EmbeddedChannel open() {
    assertThat(connections.tryOpen(PEER)).isTrue();
    connections.add(guard, PEER);
    return new EmbeddedChannel(guard, new Codec());
  }

  /** Takes all that comes for a request without a body. */
  private final class Codec extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ((ByteBuf) message).release();
      guard.requestBegins(head, false);
    }
  }

  @AfterEach
  void leavesNothingBehind() {
    channel.close();
    assertThat(clock.pendingTimers()).isZero();
    assertThat(connections.open()).isZero();
  }

  private void request() {
    channel.writeInbound(Unpooled.buffer().writeByte('G'));
  }

  @Test
  void closesAnIdleConnectionInTime() {
    clock.advance(Duration.ofMillis(59_900));
    assertThat(channel.isOpen()).isTrue();

    clock.advance(Duration.ofMillis(200));
    assertThat(channel.isOpen()).isFalse();
    assertThat(connections.cut(Connections.Cut.IDLE)).isOne();
  }

  @Test
  void givesARequestOnItsWayAMomentBeforeItCloses() {
    guard.closeWhenIdle();
    clock.advanceMillis(90);
    request();
    clock.advance(Duration.ofSeconds(20));
    assertThat(channel.isOpen()).as("it is being answered").isTrue();

    guard.exchangeEnds(head);
    clock.advanceMillis(90);
    assertThat(channel.isOpen()).as("and the next may be on its way").isTrue();
    clock.advanceMillis(20);
    assertThat(channel.isOpen()).isFalse();
    assertThat(connections.cut(Connections.Cut.IDLE)).as("not for being idle").isZero();
  }

  @Test
  void closesAConnectionWithoutRequestAfterThatMoment() {
    guard.closeWhenIdle();
    clock.advanceMillis(110);

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void closesNowWhateverItDoes() {
    request();
    guard.closeNow();
    channel.runPendingTasks();

    assertThat(channel.isOpen()).isFalse();
  }
}
