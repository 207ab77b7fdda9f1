package dev.weir.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntFunction;

/** Frames of RFC 6455 as a test wants them, right or wrong; written without a look at the rest. */
public final class Frames {

  public static final int CONTINUATION = 0x0;
  public static final int TEXT = 0x1;
  public static final int BINARY = 0x2;
  public static final int CLOSE = 0x8;
  public static final int PING = 0x9;
  public static final int PONG = 0xA;
  public static final int FIN = 0x80;
  public static final int RSV1 = 0x40;

  private static final byte[] KEY = {0x37, (byte) 0xFA, 0x21, 0x3D};

  private Frames() {}

  /** A frame as it is read. */
  public record Frame(int first, byte[] payload) {

    public String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    public int closeCode() {
      return ByteBuffer.wrap(payload).getShort() & 0xFFFF;
    }
  }

  public static byte[] clientText(String text) {
    return client(FIN | TEXT, bytes(text));
  }

  public static byte[] serverText(String text) {
    return server(FIN | TEXT, bytes(text));
  }

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What a close frame says. */
  public static byte[] closing(int code, String reason) {
    byte[] text = bytes(reason);
    return ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array();
  }

  /** Masked. */
  public static byte[] client(int first, byte[] payload) {
    byte[] masked = payload.clone();
    for (int i = 0; i < masked.length; i++) {
      masked[i] ^= KEY[i % KEY.length];
    }
    return joined(header(first, payload.length, 0x80), KEY, masked);
  }

  public static byte[] server(int first, byte[] payload) {
    return joined(header(first, payload.length, 0), payload);
  }

  /** A header alone, with a length that need not come true; without the mask's key. */
  public static byte[] header(int first, long length, int maskBit) {
    ByteBuffer header = ByteBuffer.allocate(10).put((byte) first);
    if (length <= 125) {
      header.put((byte) (maskBit | length));
    } else if (length <= 0xFFFF) {
      header.put((byte) (maskBit | 126)).putShort((short) length);
    } else {
      header.put((byte) (maskBit | 127)).putLong(length);
    }
    return Arrays.copyOf(header.array(), header.position());
  }

  public static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** The next frame, from what gives so many bytes; masked or not. */
  public static Frame read(IntFunction<byte[]> source) {
    byte[] start = source.apply(2);
    if (start.length < 2) {
      throw new IllegalStateException("the end, where a frame was expected");
    }
    long length = start[1] & 0x7F;
    if (length == 126) {
      length = ByteBuffer.wrap(source.apply(2)).getShort() & 0xFFFF;
    } else if (length == 127) {
      length = ByteBuffer.wrap(source.apply(8)).getLong();
    }
    byte[] key = (start[1] & 0x80) == 0 ? new byte[4] : source.apply(4);
    byte[] payload = source.apply(Math.toIntExact(length));
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= key[i % key.length];
    }
    return new Frame(start[0] & 0xFF, payload);
  }
}
