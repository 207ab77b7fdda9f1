package dev.weir.load.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients that hold on to a server by being slow: some send the head of a request byte by byte and
 * never end it, some ask for much and read nothing. On raw sockets, as no client library behaves
 * like that.
 */
public final class DrippingClients implements AutoCloseable {

  private static final byte[] DRIP = {'x'};

  private final InetSocketAddress address;
  private final String host;
  private final List<SocketChannel> senders = new ArrayList<>();
  private final List<SocketChannel> readers = new ArrayList<>();

  public DrippingClients(String url) {
    URI target = URI.create(url);
    host = target.getAuthority();
    address = new InetSocketAddress(target.getHost(), target.getPort());
  }

  /** Opens connections on which a head begins, and goes on with each {@link #drip}. */
  public void slowHeads(int count) {
    String beginning = "GET / HTTP/1.1\r\nHost: " + host + "\r\nX-Slow: ";
    for (int i = 0; i < count; i++) {
      senders.add(open(beginning, 0));
    }
  }

  /** Opens connections that ask for a path, and of the answer take what a small buffer holds. */
  public void deafReaders(int count, String path) {
    String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    for (int i = 0; i < count; i++) {
      readers.add(open(request, 4096));
    }
  }

  private SocketChannel open(String text, int receiveBuffer) {
    try {
      SocketChannel channel = SocketChannel.open();
      if (receiveBuffer > 0) {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
      }
      channel.connect(address);
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
      channel.configureBlocking(false);
      return channel;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A byte more on each of the slow heads; one that fails is found closed later. */
  public void drip() {
    for (SocketChannel sender : senders) {
      try {
        sender.write(ByteBuffer.wrap(DRIP));
      } catch (IOException e) {
        // Cut off by the server, as it should be.
      }
    }
  }

  /** Slow heads that the server still puts up with. */
  public int slowHeadsLeft() {
    return (int) senders.stream().filter(channel -> !isClosed(channel)).count();
  }

  /** Reads what has come, so that the end of the connection is seen behind it. */
  private static boolean isClosed(SocketChannel channel) {
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    try {
      int count = channel.read(buffer);
      while (count > 0) {
        count = channel.read(buffer.clear());
      }
      return count < 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() {
    for (List<SocketChannel> channels : List.of(senders, readers)) {
      for (SocketChannel channel : channels) {
        try {
          channel.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
