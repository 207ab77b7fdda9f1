package dev.weir.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.CharsetUtil;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Close frames and their codes (RFC 6455 §5.5.1, §7.4). */
final class CloseCodes {

  static final int GOING_AWAY = 1001;

  /** Of a close frame without a code; never sent. */
  static final int NONE = 1005;

  /** Of a connection that ended without a close frame; never sent. */
  static final int CUT = 1006;

  private static final int CLOSE = 0x88;
  private static final int MASKED = 0x80;
  private static final int HEADER = 6;
  private static final int CODE_BYTES = 2;

  private CloseCodes() {}

  /** Whether an endpoint may send this code (RFC 6455 §7.4, and the registry of IANA). */
  static boolean maySend(int code) {
    return code >= 1000 && code <= 1014 && code != 1004 && code != NONE && code != CUT
        || code >= 3000 && code <= 4999;
  }

  /**
   * A close frame of ours.
   *
   * @param reason in ASCII, of at most 123 characters
   * @param isMasked as it has to be on its way to an upstream. The key needs no strong randomness:
   *     it protects from scripts that choose what is sent (RFC 6455 §10.3), and this is our own
   */
  static ByteBuf frame(int code, String reason, boolean isMasked) {
    byte[] text = reason.getBytes(CharsetUtil.US_ASCII);
    int length = CODE_BYTES + text.length;
    int key = isMasked ? ThreadLocalRandom.current().nextInt() : 0;
    ByteBuf frame = Unpooled.buffer(HEADER + length);
    frame.writeByte(CLOSE).writeByte(length | (isMasked ? MASKED : 0));
    if (isMasked) {
      frame.writeInt(key);
    }
    frame.writeByte(Mask.unmask(key, 0, (byte) (code >> 8)));
    frame.writeByte(Mask.unmask(key, 1, (byte) code));
    for (int i = 0; i < text.length; i++) {
      frame.writeByte(Mask.unmask(key, CODE_BYTES + i, text[i]));
    }
    return frame;
  }

  /** What a close frame says, whose payload this is: {@link #NONE} for nothing. */
  static int read(ByteBuf bytes, int at, int length, int key) {
    return length < CODE_BYTES
        ? NONE
        : Mask.unmask(key, 0, bytes.getByte(at)) << Byte.SIZE
            | Mask.unmask(key, 1, bytes.getByte(at + 1));
  }

  /** What is wrong with a close frame, whose payload this is. */
  static @Nullable Violation faultOf(ByteBuf bytes, int at, int length, int key) {
    if (length == 0) {
      return null;
    }
    if (length < CODE_BYTES || !maySend(read(bytes, at, length, key))) {
      return Violation.CLOSE_FRAME;
    }
    Utf8Check reason = new Utf8Check();
    boolean isText = reason.read(bytes, at + CODE_BYTES, at + length, key, CODE_BYTES);
    return isText && reason.isWhole() ? null : Violation.UTF_8;
  }
}
