package dev.weir.load.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Reads all connections on one thread; replaces those that break. */
final class ConnectionReader implements Runnable {

  /** Is told of an answer that is whole. */
  interface Answered {
    void answered(KeptConnection connection, long due, int status);
  }

  private final InetSocketAddress address;
  private final ByteBuffer request;
  private final Selector selector;
  private final Answered answered;
  private final Consumer<KeptConnection> broken;

  /**
   * Makes a reader.
   *
   * @param broken takes a connection that broke under its request, and is open again
   */
  ConnectionReader(URI target, Answered answered, Consumer<KeptConnection> broken)
      throws IOException {
    address = new InetSocketAddress(target.getHost(), target.getPort());
    String head = "GET " + target.getRawPath() + " HTTP/1.1\r\nHost: " + target.getHost();
    request = ByteBuffer.wrap((head + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    selector = Selector.open();
    this.answered = answered;
    this.broken = broken;
  }

  KeptConnection open() throws IOException {
    SocketChannel channel = connect();
    KeptConnection connection = new KeptConnection(channel, request);
    channel.register(selector, SelectionKey.OP_READ, connection);
    return connection;
  }

  private SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open(address);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    return channel;
  }

  @Override
  public void run() {
    try {
      while (selector.isOpen()) {
        selector.select(this::read);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(SelectionKey key) {
    KeptConnection connection = (KeptConnection) key.attachment();
    try {
      long due = connection.due();
      int status = connection.read();
      if (status != 0) {
        answered.answered(connection, due, status);
      }
    } catch (IOException e) {
      replace(connection);
    }
  }

  private void replace(KeptConnection connection) {
    try {
      SocketChannel fresh = connect();
      boolean hasLostRequest = connection.replace(fresh);
      fresh.register(selector, SelectionKey.OP_READ, connection);
      if (hasLostRequest) {
        broken.accept(connection);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the server takes no connections", e);
    }
  }
}
