package dev.weir.load.upstream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An HTTP/1.1 server that does what a simulation tells it, and counts what it was asked. One thread
 * for all connections, so that thousands of requests may wait in it at a time.
 */
public final class MisbehavingUpstream implements AutoCloseable {

  private static final int BACKLOG = 4096;

  private final ServerSocketChannel server;
  private final Selector selector;
  private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparingLong(Due::nanos));
  private final AtomicLong requests = new AtomicLong();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger mostInFlight = new AtomicInteger();
  private volatile Behaviour behaviour;

  private record Due(long nanos, UpstreamConnection connection, Answer answer) {}

  private MisbehavingUpstream(Behaviour behaviour) throws IOException {
    this.behaviour = behaviour;
    selector = Selector.open();
    server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
  }

  /** Starts an upstream on a free port. */
  public static MisbehavingUpstream start(Behaviour behaviour) {
    try {
      MisbehavingUpstream upstream = new MisbehavingUpstream(behaviour);
      Thread thread = new Thread(upstream::serve, "misbehaving-upstream");
      thread.setDaemon(true);
      thread.start();
      return upstream;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return server.socket().getLocalPort();
  }

  /** From the next request on. */
  public void behave(Behaviour next) {
    behaviour = next;
  }

  /** Requests that came; attempts, as the gateway calls them. */
  public long requests() {
    return requests.get();
  }

  public int inFlight() {
    return inFlight.get();
  }

  /** The most requests that waited for their answers at a time. */
  public int mostInFlight() {
    return mostInFlight.get();
  }

  private void serve() {
    try {
      while (selector.isOpen()) {
        selector.select(this::ready, millisToNext());
        answerDue();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Until the next answer is due, rounded up; 0 is for ever. */
  private long millisToNext() {
    Due next = due.peek();
    return next == null
        ? 0
        : Math.max(1, TimeUnit.NANOSECONDS.toMillis(next.nanos() - System.nanoTime()) + 1);
  }

  private void ready(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        accept();
      } else if (key.attachment() instanceof UpstreamConnection connection) {
        connection.ready(key);
      }
    } catch (IOException e) {
      close(key);
    }
  }

  private void accept() throws IOException {
    for (SocketChannel channel = server.accept(); channel != null; channel = server.accept()) {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      key.attach(new UpstreamConnection(channel, key, this::asked));
    }
  }

  private void asked(UpstreamConnection connection, String path) throws IOException {
    requests.incrementAndGet();
    int now = inFlight.incrementAndGet();
    mostInFlight.accumulateAndGet(now, Math::max);
    Answer answer = behaviour.answerTo(path);
    if (answer.delay().isZero()) {
      answer(connection, answer);
    } else {
      due.add(new Due(System.nanoTime() + answer.delay().toNanos(), connection, answer));
    }
  }

  private void answerDue() {
    for (Due next = due.peek();
        next != null && next.nanos() - System.nanoTime() <= 0;
        next = due.peek()) {
      due.remove();
      try {
        answer(next.connection(), next.answer());
      } catch (IOException e) {
        close(next.connection().key());
      }
    }
  }

  private void answer(UpstreamConnection connection, Answer answer) throws IOException {
    end(connection);
    connection.answer(answer);
  }

  /** A request is over when it was answered, or its connection is gone. */
  private void end(UpstreamConnection connection) {
    if (connection.endRequest()) {
      inFlight.decrementAndGet();
    }
  }

  private void close(SelectionKey key) {
    try {
      key.channel().close();
      if (key.attachment() instanceof UpstreamConnection connection) {
        end(connection);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
