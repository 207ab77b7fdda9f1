package dev.weir.websocket;

import java.util.Locale;

/** Kinds of ends, by the code of the first close frame (RFC 6455 §7.4). */
public enum CloseClass {
  /** 1000. */
  NORMAL,
  /** 1001: a page that was left, a server that goes down. */
  GOING_AWAY,
  /** 1002 to 1015: something went wrong. */
  FAULT,
  /** 3000 to 4999: the application's own. */
  APPLICATION,
  /** A close frame without a code. */
  NO_CODE,
  /** No close frame: the connection ended. */
  CUT;

  static CloseClass of(int code) {
    if (code == CloseCodes.CUT) {
      return CUT;
    }
    if (code == CloseCodes.NONE) {
      return NO_CODE;
    }
    if (code >= 3000) {
      return APPLICATION;
    }
    return code == 1000 ? NORMAL : code == CloseCodes.GOING_AWAY ? GOING_AWAY : FAULT;
  }

  /** The stable name, in metrics. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
