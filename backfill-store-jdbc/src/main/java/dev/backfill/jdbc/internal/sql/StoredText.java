package dev.backfill.jdbc.internal.sql;

import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Texts that a database can store, with replacements for characters that it lacks. */
public final class StoredText {

  private static final char REPLACEMENT = '\uFFFD';

  /** The encoding of the server that this thread writes to, if it is narrower than UTF-8. */
  private static final ThreadLocal<Charset> NARROW = new ThreadLocal<>();

  private StoredText() {}

  /** The time in which a thread writes to a server. */
  interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Begins to escape characters that a server cannot store, on this thread.
   *
   * @param narrow the server's encoding, or null if it can store every text
   */
  static Scope writingTo(@Nullable Charset narrow) {
    if (narrow == null) {
      return () -> {};
    }
    NARROW.set(narrow);
    return NARROW::remove;
  }

  /**
   * Drops NUL characters and replaces halves of surrogate pairs: PostgreSQL has no NUL, and UTF-8
   * no lone surrogate. A character that the server's encoding lacks becomes a backslash, a u and
   * four hexadecimal digits for each of its UTF-16 units. JSON has the same form, so cursors and
   * payloads keep their meaning.
   *
   * @param text any text
   * @return the text itself if nothing changes
   */
  public static String of(String text) {
    Charset narrow = NARROW.get();
    return narrow == null ? clean(text) : escaped(clean(text), narrow.newEncoder());
  }

  /**
   * Finds texts again that a database may have stored in another form.
   *
   * @param texts the texts to look for
   * @param stored the stored ones, as the database returned them
   * @return those of the texts that are stored
   */
  public static Set<String> found(Collection<String> texts, Collection<String> stored) {
    Set<String> forms = new HashSet<>(stored);
    return texts.stream().filter(text -> forms.contains(of(text))).collect(Collectors.toSet());
  }

  private static String escaped(String text, CharsetEncoder encoder) {
    if (encoder.canEncode(text)) {
      return text;
    }
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.codePoints()
        .mapToObj(Character::toString)
        .forEach(each -> escaped.append(encoder.canEncode(each) ? each : units(each)));
    return escaped.toString();
  }

  private static String units(String character) {
    StringBuilder units = new StringBuilder();
    for (char unit : character.toCharArray()) {
      units.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
    }
    return units.toString();
  }

  private static String clean(String text) {
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
