package dev.weir.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A client of HTTP/2 (prior knowledge, RFC 9113 §3.3) that sends the frames that a test tells it,
 * whether they make sense or not. It gives no credit by itself, and answers nothing.
 */
public final class Http2Client implements AutoCloseable {

  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;

  public static final int END_STREAM = 1;
  public static final int ACK = 1;
  public static final int END_HEADERS = 4;

  private static final int TIMEOUT_MILLIS = 30_000;
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

  /**
   * A frame that came; of a header block the fields by their names, and all in order as name and
   * value in turn.
   */
  public record Frame(
      int type,
      int flags,
      int stream,
      byte[] payload,
      Map<String, String> fields,
      List<String> inOrder) {

    public boolean isEnd() {
      return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }

    public String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    /** Of RST_STREAM, and of GOAWAY. */
    public int code() {
      return number(type == GOAWAY ? 4 : 0);
    }

    /** The number at that place of the payload. */
    public int number(int at) {
      return Unpooled.wrappedBuffer(payload).getInt(at);
    }
  }

  /** An answer, whole. */
  public record Answer(Map<String, String> fields, String text, Map<String, String> trailers) {

    public int status() {
      return Integer.parseInt(fields.get(":status"));
    }
  }

  public Http2Client(int port) {
    this(connect(port));
    raw(PREFACE.getBytes(StandardCharsets.US_ASCII));
  }

  private Http2Client(Socket socket) {
    this.socket = socket;
    try {
      socket.setTcpNoDelay(true);
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 65_536));
      out = socket.getOutputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Socket connect(int port) {
    try {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The other side, a server's: of a connection that was accepted, whose preface it reads. */
  static Http2Client answering(Socket accepted) throws IOException {
    Http2Client server = new Http2Client(accepted);
    byte[] preface = server.in.readNBytes(PREFACE.length());
    if (!new String(preface, StandardCharsets.US_ASCII).equals(PREFACE)) {
      throw new IOException("no preface of HTTP/2");
    }
    return server;
  }

  /** One that has said that each stream may send so much. */
  public static Http2Client withWindow(int port, int bytes) {
    return new Http2Client(port)
        .send(SETTINGS, 0, 0, Unpooled.buffer(6).writeShort(4).writeInt(bytes));
  }

  /** One that has said what clients say. */
  public static Http2Client polite(int port) {
    return new Http2Client(port).send(SETTINGS, 0, 0, Unpooled.EMPTY_BUFFER);
  }

  public Http2Client send(int type, int flags, int stream, ByteBuf payload) {
    ByteBuf frame = Unpooled.buffer();
    frame.writeMedium(payload.readableBytes()).writeByte(type).writeByte(flags).writeInt(stream);
    frame.writeBytes(payload);
    byte[] bytes = new byte[frame.readableBytes()];
    frame.readBytes(bytes);
    return raw(bytes);
  }

  public synchronized Http2Client raw(byte[] bytes) {
    try {
      out.write(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Http2Client data(int stream, String text, boolean isEnd) {
    return data(stream, text.getBytes(StandardCharsets.UTF_8), isEnd);
  }

  public Http2Client data(int stream, byte[] bytes, boolean isEnd) {
    return send(DATA, isEnd ? END_STREAM : 0, stream, Unpooled.wrappedBuffer(bytes));
  }

  public Http2Client credit(int stream, int bytes) {
    return send(WINDOW_UPDATE, 0, stream, Unpooled.buffer(4).writeInt(bytes));
  }

  public Http2Client reset(int stream) {
    return reset(stream, 8);
  }

  public Http2Client reset(int stream, int code) {
    return send(RST_STREAM, 0, stream, Unpooled.buffer(4).writeInt(code));
  }

  /** SETTINGS of one value. */
  public Http2Client setting(int id, int value) {
    return send(SETTINGS, 0, 0, Unpooled.buffer(6).writeShort(id).writeInt(value));
  }

  public Http2Client goAway(int lastStream, int code) {
    return send(GOAWAY, 0, 0, Unpooled.buffer(8).writeInt(lastStream).writeInt(code));
  }

  /** A header block of names and values in turn. */
  public Http2Client headers(int stream, boolean isEnd, String... fields) {
    int flags = END_HEADERS | (isEnd ? END_STREAM : 0);
    return send(HEADERS, flags, stream, Unpooled.wrappedBuffer(block(fields)));
  }

  /** A GET of that target, with further names and values. */
  public Http2Client get(int stream, String target, String... more) {
    return request("GET", stream, target, true, more);
  }

  /** The wish for a WebSocket (RFC 8441 §5.1), with further names and values. */
  public Http2Client webSocket(int stream, String target, String... more) {
    String[] fields = Arrays.copyOf(more, more.length + 4);
    System.arraycopy(
        new String[] {":protocol", "websocket", "sec-websocket-version", "13"},
        0,
        fields,
        more.length,
        4);
    return request("CONNECT", stream, target, false, pseudoFirst(fields));
  }

  private static String[] pseudoFirst(String... fields) {
    List<String> sorted = new ArrayList<>();
    for (int i = 0; i < fields.length; i += 2) {
      int at = fields[i].startsWith(":") ? 0 : sorted.size();
      sorted.addAll(at, List.of(fields[i], fields[i + 1]));
    }
    return sorted.toArray(String[]::new);
  }

  public Http2Client request(
      String method, int stream, String target, boolean isEnd, String... more) {
    String[] fields = new String[8 + more.length];
    String[] first = {
      ":method", method, ":scheme", "http", ":path", target, ":authority", "a.example"
    };
    System.arraycopy(first, 0, fields, 0, 8);
    System.arraycopy(more, 0, fields, 8, more.length);
    return headers(stream, isEnd, fields);
  }

  /** Literals that are not indexed and not compressed (RFC 7541 §6.2.2). */
  public static byte[] block(String... fields) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i += 2) {
      block.write(0);
      string(fields[i], block);
      string(fields[i + 1], block);
    }
    return block.toByteArray();
  }

  private static void string(String text, ByteArrayOutputStream block) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int rest = bytes.length - 0x7F;
    if (rest < 0) {
      block.write(bytes.length);
    } else {
      block.write(0x7F);
      for (; rest >= 0x80; rest >>= 7) {
        block.write(rest & 0x7F | 0x80);
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }

  /** The next frame; null at the end. */
  public Frame next() {
    try {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      byte[] payload = in.readNBytes(length);
      if (payload.length < length) {
        return null;
      }
      List<String> inOrder = fields(type, stream, payload);
      Map<String, String> fields = new TreeMap<>();
      for (int i = 0; i < inOrder.size(); i += 2) {
        fields.put(inOrder.get(i), inOrder.get(i + 1));
      }
      return new Frame(type, flags, stream, payload, fields, inOrder);
    } catch (EOFException | SocketException end) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> fields(int type, int stream, byte[] payload) {
    List<String> fields = new ArrayList<>();
    if (type == HEADERS) {
      try {
        Http2Headers headers = decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(payload));
        headers.forEach(
            field -> {
              fields.add("" + field.getKey());
              fields.add("" + field.getValue());
            });
      } catch (Http2Exception e) {
        throw new IllegalStateException(e);
      }
    }
    return fields;
  }

  /** The next frame of that type; the others are passed over. */
  public Frame next(int type) {
    Frame frame = next();
    while (frame != null && frame.type() != type) {
      frame = next();
    }
    if (frame == null) {
      throw new IllegalStateException("the connection ended without a frame of type " + type);
    }
    return frame;
  }

  /** The answer on that stream; informational ones and frames of other streams are passed over. */
  public Answer answer(int stream) {
    Map<String, String> fields = null;
    StringBuilder text = new StringBuilder();
    while (true) {
      Frame frame = next();
      if (frame == null || frame.type() == GOAWAY) {
        throw new IllegalStateException("no answer, but " + frame);
      }
      if (frame.stream() != stream) {
        continue;
      }
      if (frame.type() == RST_STREAM) {
        throw new IllegalStateException("reset: " + frame.code());
      }
      if (frame.type() == DATA) {
        text.append(frame.text());
      }
      boolean isHead = frame.type() == HEADERS && fields == null;
      if (isHead && !frame.fields().get(":status").startsWith("1")) {
        fields = frame.fields();
      }
      if (frame.isEnd()) {
        AnswerHash.check(
            isHead ? null : fields.get(AnswerHash.FIELD),
            fields.get("x-request-id"),
            text.toString().getBytes(StandardCharsets.UTF_8));
        return new Answer(fields, text.toString(), isHead ? Map.of() : frame.fields());
      }
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
