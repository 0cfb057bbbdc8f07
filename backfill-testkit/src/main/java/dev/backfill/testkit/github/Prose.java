package dev.backfill.testkit.github;

import org.jspecify.annotations.Nullable;

/** Titles, bodies and comments with hard cases for programs: emoji, quotes, markup, length. */
final class Prose {

  private static final String[] WORDS = {
    "fix",
    "the",
    "cursor",
    "in",
    "a",
    "page",
    "when",
    "retry",
    "fails",
    "and",
    "add",
    "tests",
    "for",
    "quota",
    "window",
    "remove",
    "unused",
    "import",
    "of",
    "client",
    "bump",
    "version",
    "to",
    "latest",
    "handle",
    "null",
    "author",
    "on",
    "deleted",
    "accounts",
    "speed",
    "up",
    "größere",
    "ändern",
    "日本語",
    "изменить",
    "naïve",
    "café"
  };
  private static final String[] SPICE = {
    "🚀",
    "👩‍💻",
    "🎉",
    "\"quoted\"",
    "<b>bold</b>",
    "C:\\temp",
    "it's",
    "100 %",
    "a\tb",
    "{}",
    "--",
    "$1",
    "?"
  };
  private static final int LONG = 4_000;
  private static final int MAX = 60_000;

  private final SeededRandom random;

  Prose(SeededRandom random) {
    this.random = random;
  }

  /** Returns a title of four to nine words. */
  String title(int number) {
    StringBuilder text = new StringBuilder();
    int words = 4 + random.below(6, SeededRandom.Use.TEXT, number, 0);
    write(text, number, 1, words);
    text.setCharAt(0, Character.toUpperCase(text.charAt(0)));
    return text.toString();
  }

  /** Returns a pull request's text: null for one in twelve, long for one in forty. */
  @Nullable String body(int number) {
    long place = number + 1_000_000_000L;
    if (random.oneIn(12, SeededRandom.Use.TEXT, place, 0)) {
      return null;
    }
    if (random.oneIn(1_500, SeededRandom.Use.TEXT, place, 1)) {
      return text(place, MAX);
    }
    if (random.oneIn(40, SeededRandom.Use.TEXT, place, 2)) {
      return text(place, LONG);
    }
    return text(place, 40 + random.below(600, SeededRandom.Use.TEXT, place, 3));
  }

  /** Returns a comment's text. */
  String comment(SeededRandom.Use use, long position) {
    long place = position + (use.ordinal() + 1) * 10_000_000_000L;
    return text(place, 20 + random.below(200, SeededRandom.Use.TEXT, place, 0));
  }

  private String text(long place, int length) {
    StringBuilder text = new StringBuilder(length + 80);
    for (int paragraph = 1; text.length() < length; paragraph++) {
      if (paragraph > 1) {
        text.append("\r\n\r\n");
      }
      write(text, place, paragraph * 100L, 12);
    }
    return text.toString();
  }

  private void write(StringBuilder text, long place, long detail, int words) {
    for (int i = 0; i < words; i++) {
      if (i > 0) {
        text.append(' ');
      }
      long bits = random.bits(SeededRandom.Use.TEXT, place, detail + i);
      boolean spicy = i > 0 && (bits >>> 56) < 16;
      String[] choice = spicy ? SPICE : WORDS;
      text.append(choice[(int) Math.floorMod(bits, (long) choice.length)]);
    }
  }
}
