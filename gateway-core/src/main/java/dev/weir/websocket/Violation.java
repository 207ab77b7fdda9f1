package dev.weir.websocket;

import java.util.Locale;

/** Every reason for which the gateway ends a WebSocket because of what one side has sent. */
public enum Violation {
  RESERVED_BITS(1002, "a reserved bit without an extension that uses it (RFC 6455 section 5.2)"),
  OPCODE(1002, "an opcode that has no meaning (RFC 6455 section 5.2)"),
  MASK(1002, "a mask where there may be none, or none where there must be (RFC 6455 section 5.1)"),
  LENGTH(1002, "a length that is not in its shortest form, or negative (RFC 6455 section 5.2)"),
  CONTROL_FRAME(1002, "a control frame in fragments or of more than 125 bytes (section 5.5)"),
  CONTINUATION(1002, "a fragment out of its order (RFC 6455 section 5.4)"),
  CLOSE_FRAME(1002, "a close frame with one byte, or a code that nobody may send (section 7.4)"),
  UTF_8(1007, "text that is not UTF-8 (RFC 6455 section 8.1)"),
  DEFLATE(1007, "a compressed message that can't be inflated (RFC 7692 section 7.2)"),
  FRAME_SIZE(1009, "a frame of more than max-frame"),
  MESSAGE_SIZE(1009, "a message of more than max-message, as sent or inflated"),
  FRAGMENTS(1008, "a message in more than max-fragments frames"),
  MESSAGE_RATE(1008, "more messages than messages-per-second"),
  CONTROL_RATE(1008, "more pings and pongs than control-frames-per-second");

  private final int closeCode;
  private final String meaning;

  Violation(int closeCode, String meaning) {
    this.closeCode = closeCode;
    this.meaning = meaning;
  }

  /** What both sides are told (RFC 6455 §7.4.1). */
  public int closeCode() {
    return closeCode;
  }

  /** Whether a rule of the protocol is broken, and not a limit of ours exceeded. */
  public boolean isOfProtocol() {
    return closeCode == 1002 || closeCode == 1007;
  }

  /** For people: what was sent. */
  public String meaning() {
    return meaning;
  }

  /** The stable name, in metrics. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
