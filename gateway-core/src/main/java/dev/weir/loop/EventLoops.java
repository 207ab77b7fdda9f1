package dev.weir.loop;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * The one set of threads that does all I/O: listeners, connections to upstreams, and their timers.
 *
 * <p>An exchange stays on the loop that accepted its connection: its upstream connection and its
 * timers belong to that same loop.
 */
public final class EventLoops {

  /** For the last connections to say that they are closed, before the threads end. */
  private static final Duration QUIET = Duration.ofMillis(50);

  private final LoopResources resources;
  private final boolean isNative;
  private final List<EventLoop> all = new ArrayList<>();
  private final LoopScheduler clock;
  private final AddressResolverGroup<InetSocketAddress> resolver;

  /**
   * Starts the loops.
   *
   * @param name the beginning of the threads' names
   * @param count at least 1
   * @param isNative epoll, or io_uring where its library is on the class path; else NIO
   */
  public EventLoops(String name, int count, boolean isNative) {
    this.resources = LoopResources.create(name, count, true);
    this.isNative = isNative;
    for (EventExecutor executor : resources.onServer(isNative)) {
      all.add((EventLoop) executor);
    }
    this.clock = new LoopScheduler(all);
    this.resolver =
        new DnsAddressResolverGroup(
            new DnsNameResolverBuilder()
                .datagramChannelType(resources.onChannelClass(DatagramChannel.class, all.get(0))));
  }

  /** For servers of Reactor Netty. */
  public LoopResources resources() {
    return resources;
  }

  public boolean isNative() {
    return isNative;
  }

  public List<EventLoop> all() {
    return List.copyOf(all);
  }

  /** A new socket for a connection on that loop. */
  public Channel newSocket(EventLoop loop) {
    return resources.onChannel(SocketChannel.class, loop);
  }

  /** Looks names up without a thread that waits. */
  public AddressResolverGroup<InetSocketAddress> resolver() {
    return resolver;
  }

  /** Time, and timers on the loop of whoever asks. */
  public LoopScheduler clock() {
    return clock;
  }

  /** The loop that runs this, or any, if none does. */
  public EventLoop current() {
    for (EventLoop loop : all) {
      if (loop.inEventLoop()) {
        return loop;
      }
    }
    return all.get(0);
  }

  /** Stops the threads, after connections have been closed. */
  public Mono<Void> close() {
    resolver.close();
    return resources.disposeLater(QUIET, Duration.ofSeconds(5));
  }
}
