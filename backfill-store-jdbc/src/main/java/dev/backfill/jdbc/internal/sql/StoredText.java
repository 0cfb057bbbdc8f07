package dev.backfill.jdbc.internal.sql;

/** Makes any text one that a database can keep. */
public final class StoredText {

  private static final char REPLACEMENT = '\uFFFD';

  private StoredText() {}

  /**
   * Drops NUL characters and replaces halves of surrogate pairs: PostgreSQL knows no NUL, and UTF-8
   * no lone surrogate.
   *
   * @param text any text
   * @return the text itself when there is nothing to change
   */
  public static String of(String text) {
    int bad = firstBad(text);
    if (bad < 0) {
      return text;
    }
    StringBuilder clean = new StringBuilder(text.length());
    clean.append(text, 0, bad);
    for (int i = bad; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isPair(text, i)) {
        clean.append(c).append(text.charAt(++i));
      } else if (Character.isSurrogate(c)) {
        clean.append(REPLACEMENT);
      } else if (c != 0) {
        clean.append(c);
      }
    }
    return clean.toString();
  }

  private static int firstBad(String text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return i;
      }
      if (Character.isSurrogate(c)) {
        if (!isPair(text, i)) {
          return i;
        }
        i++;
      }
    }
    return -1;
  }

  private static boolean isPair(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        && i + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(i + 1));
  }
}
