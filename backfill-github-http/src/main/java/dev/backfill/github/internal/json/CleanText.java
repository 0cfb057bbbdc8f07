package dev.backfill.github.internal.json;

/** Cleans text for every database: no NUL, no unpaired surrogate. */
final class CleanText {

  private static final char REPLACEMENT = '\uFFFD';

  private CleanText() {}

  /** Returns the clean text; the same object if nothing has to change. */
  static String of(String text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c == 0) {
        return rebuilt(text);
      }
      if (Character.isSurrogate(c)) {
        if (!isPair(text, i)) {
          return rebuilt(text);
        }
        i++;
      }
    }
    return text;
  }

  private static boolean isPair(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at))
        && at + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(at + 1));
  }

  private static String rebuilt(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isPair(text, i)) {
        out.append(c).append(text.charAt(++i));
      } else if (Character.isSurrogate(c)) {
        out.append(REPLACEMENT);
      } else if (c != 0) {
        out.append(c);
      }
    }
    return out.toString();
  }
}
