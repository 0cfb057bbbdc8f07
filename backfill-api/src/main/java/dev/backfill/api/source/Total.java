package dev.backfill.api.source;

/**
 * The number of items of a history, as far as its source knows it.
 *
 * @param kind the certainty of the number
 * @param count items; 0 or more, and 0 if the kind is {@link Kind#UNKNOWN}
 */
public record Total(Kind kind, long count) {

  /** The certainty of a total. */
  public enum Kind {
    /** The API counted. */
    EXACT,
    /** Derived, for example from the number of pages; wrong by less than a page. */
    ESTIMATE,
    /** No number is known. */
    UNKNOWN
  }

  /** The total as long as no number is known. */
  public static final Total UNKNOWN = new Total(Kind.UNKNOWN, 0);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if {@code count} is negative, or not 0 for {@link
   *     Kind#UNKNOWN}
   */
  public Total {
    if (count < 0 || (kind == Kind.UNKNOWN && count != 0)) {
      throw new IllegalArgumentException("count is " + count + " for a total that is " + kind);
    }
  }

  /**
   * Returns a total that the API counted.
   *
   * @param count items; 0 or more
   * @return the total
   */
  public static Total exact(long count) {
    return new Total(Kind.EXACT, count);
  }

  /**
   * Returns a derived total.
   *
   * @param count items; 0 or more
   * @return the total
   */
  public static Total estimate(long count) {
    return new Total(Kind.ESTIMATE, count);
  }

  /**
   * Checks if there is a number at all.
   *
   * @return true unless the kind is {@link Kind#UNKNOWN}
   */
  public boolean isKnown() {
    return kind != Kind.UNKNOWN;
  }
}
