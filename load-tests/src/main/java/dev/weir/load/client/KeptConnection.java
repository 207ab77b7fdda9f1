package dev.weir.load.client;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A keep-alive connection with at most one request on it; sent by one thread, read by another. */
final class KeptConnection {

  private final ByteBuffer request;
  private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
  private final ResponseReader response = new ResponseReader();
  private volatile SocketChannel channel;
  private volatile long due;
  private boolean isBusy;

  KeptConnection(SocketChannel channel, ByteBuffer request) {
    this.channel = channel;
    this.request = request;
  }

  /** When the request that is on it was due. */
  long due() {
    return due;
  }

  /** Tells whether the request is on its way; if not, nobody else will say so. */
  synchronized boolean send(long dueNanos) {
    due = dueNanos;
    try {
      isBusy = channel.write(request.duplicate()) == request.remaining();
    } catch (IOException e) {
      isBusy = false;
    }
    return isBusy;
  }

  /**
   * Goes on with another channel.
   *
   * @return whether a request was lost with the old one
   */
  synchronized boolean replace(SocketChannel fresh) throws IOException {
    channel.close();
    channel = fresh;
    response.reset();
    boolean wasBusy = isBusy;
    isBusy = false;
    return wasBusy;
  }

  /**
   * Reads what is there.
   *
   * @return the status if the answer is whole, else 0
   */
  int read() throws IOException {
    buffer.clear();
    int count = channel.read(buffer);
    if (count < 0) {
      throw new EOFException("closed");
    }
    buffer.flip();
    if (!response.isWholeAfter(buffer)) {
      return 0;
    }
    int status = response.status();
    response.reset();
    ended();
    return status;
  }

  private synchronized void ended() {
    isBusy = false;
  }
}
