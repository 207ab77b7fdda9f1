package dev.weir.load.upstream;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One request after the other; the next one is read when the last one was answered. */
final class UpstreamConnection {

  /** Is told of a request that has come whole. */
  interface Asked {
    void asked(UpstreamConnection connection, String path) throws IOException;
  }

  private static final String LENGTH_FIELD = "\r\ncontent-length:";
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SocketChannel channel;
  private final SelectionKey key;
  private final Asked asked;
  private final ByteBuffer in = ByteBuffer.allocate(16 * 1024);
  private final StringBuilder head = new StringBuilder();
  private long bodyBytesLeft = -1;
  private ByteBuffer out = NOTHING;
  private boolean hasRequest;
  private String path = "";

  UpstreamConnection(SocketChannel channel, SelectionKey key, Asked asked) {
    this.channel = channel;
    this.key = key;
    this.asked = asked;
  }

  SelectionKey key() {
    return key;
  }

  void ready(SelectionKey ready) throws IOException {
    if (ready.isWritable()) {
      write();
    } else {
      read();
    }
  }

  private void read() throws IOException {
    in.clear();
    if (channel.read(in) < 0) {
      throw new EOFException("closed by the gateway");
    }
    in.flip();
    while (in.hasRemaining()) {
      if (bodyBytesLeft < 0) {
        readHead();
      } else {
        skipBody();
      }
      if (bodyBytesLeft == 0) {
        path = head.substring(head.indexOf(" ") + 1, head.indexOf(" HTTP/"));
        head.setLength(0);
        bodyBytesLeft = -1;
        hasRequest = true;
        asked.asked(this, path);
      }
    }
  }

  private void readHead() {
    while (bodyBytesLeft < 0 && in.hasRemaining()) {
      head.append((char) (in.get() & 0xff));
      int length = head.length();
      if (length >= 4 && head.charAt(length - 1) == '\n' && head.charAt(length - 3) == '\n') {
        bodyBytesLeft = contentLength();
      }
    }
  }

  private long contentLength() {
    String lowerCase = head.toString().toLowerCase(Locale.ROOT);
    int field = lowerCase.indexOf(LENGTH_FIELD);
    if (field < 0) {
      return 0;
    }
    int from = field + LENGTH_FIELD.length();
    return Long.parseLong(lowerCase.substring(from, lowerCase.indexOf('\r', from)).strip());
  }

  private void skipBody() {
    int skipped = (int) Math.min(bodyBytesLeft, in.remaining());
    in.position(in.position() + skipped);
    bodyBytesLeft -= skipped;
  }

  /** Ends the request; tells whether there was one. */
  boolean endRequest() {
    boolean had = hasRequest;
    hasRequest = false;
    return had;
  }

  void answer(Answer answer) throws IOException {
    if (!channel.isOpen()) {
      return;
    }
    if (answer.isReset()) {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      channel.close();
      return;
    }
    String head =
        "HTTP/1.1 " + answer.status() + " x\r\nContent-Length: " + answer.bodyBytes() + "\r\n\r\n";
    out = ByteBuffer.allocate(head.length() + answer.bodyBytes());
    out.put(head.getBytes(StandardCharsets.ISO_8859_1));
    out.put(Seal.body(path, answer.bodyBytes())).rewind();
    write();
  }

  private void write() throws IOException {
    channel.write(out);
    key.interestOps(out.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
  }
}
