package dev.backfill.testkit.github;

/** Pseudo-random numbers that are a function of a seed and a place. Immutable. */
final class SeededRandom {

  /** The uses of a number, so that two uses of one place are independent. */
  enum Use {
    SLOT,
    TIME,
    ID,
    AUTHOR,
    TEXT,
    STATE,
    CLOSING,
    UPDATE,
    BRANCH,
    SHA,
    DETAILS,
    REVIEW,
    REVIEW_COMMENT,
    ISSUE_COMMENT,
    THREAD,
    FAULT,
    LIST
  }

  private final long seed;

  SeededRandom(long seed) {
    this.seed = scramble(seed);
  }

  /** Returns any long. */
  long bits(Use use, long place, long detail) {
    long mixed = scramble(seed + use.ordinal() * 0x9E3779B97F4A7C15L);
    return scramble(scramble(mixed + place) + detail);
  }

  /** Returns a number from 0 to {@code bound - 1}. */
  int below(int bound, Use use, long place, long detail) {
    return (int) Math.floorMod(bits(use, place, detail), (long) bound);
  }

  /** Returns true for about one place in {@code n}. */
  boolean oneIn(int n, Use use, long place, long detail) {
    return below(n, use, place, detail) == 0;
  }

  /** Returns forty hexadecimal digits. */
  String sha(long place, long detail) {
    String digits =
        hex(bits(Use.SHA, place, detail * 3))
            + hex(bits(Use.SHA, place, detail * 3 + 1))
            + hex(bits(Use.SHA, place, detail * 3 + 2));
    return digits.substring(0, 40);
  }

  private static String hex(long value) {
    String digits = Long.toHexString(value);
    return "0".repeat(16 - digits.length()) + digits;
  }

  // The finalizer of splitmix64.
  private static long scramble(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
