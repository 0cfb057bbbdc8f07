package dev.backfill.github.internal.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Checks if bytes are UTF-8, as strictly as Java's own decoder. */
final class Utf8 {

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long BEYOND_ASCII = 0x8080_8080_8080_8080L;

  private Utf8() {}

  static boolean isValid(byte[] text) {
    int at = 0;
    while (at < text.length) {
      if (text.length - at >= Long.BYTES && ((long) LONGS.get(text, at) & BEYOND_ASCII) == 0) {
        at += Long.BYTES;
      } else if (text[at] >= 0) {
        at++;
      } else {
        int length = length(text, at);
        if (length == 0) {
          return false;
        }
        at += length;
      }
    }
    return true;
  }

  /** Returns the length of the multi-byte character that begins here, or 0 if it is invalid. */
  private static int length(byte[] text, int at) {
    int first = text[at] & 0xFF;
    int second = at + 1 < text.length ? text[at + 1] & 0xFF : 0;
    if (first < 0xE0) {
      return first >= 0xC2 && continues(text, at, 2) ? 2 : 0;
    }
    if (first < 0xF0) {
      // The shortest form, and no unpaired surrogate.
      boolean allowed = first == 0xE0 ? second >= 0xA0 : first != 0xED || second < 0xA0;
      return allowed && continues(text, at, 3) ? 3 : 0;
    }
    boolean allowed = first == 0xF0 ? second >= 0x90 : first < 0xF4 || second < 0x90;
    return first <= 0xF4 && allowed && continues(text, at, 4) ? 4 : 0;
  }

  private static boolean continues(byte[] text, int at, int length) {
    if (length > text.length - at) {
      return false;
    }
    for (int i = 1; i < length; i++) {
      if ((text[at + i] & 0xC0) != 0x80) {
        return false;
      }
    }
    return true;
  }
}
