package dev.backfill.api.source;

/**
 * How many items a history has, as far as its source can tell.
 *
 * @param kind how sure the figure is
 * @param count items; 0 or more, and 0 when the kind is {@link Kind#UNKNOWN}
 */
public record Total(Kind kind, long count) {

  /** How sure a figure is. */
  public enum Kind {
    /** The API counted. */
    EXACT,
    /** Derived, for example from the number of pages; off by less than a page. */
    ESTIMATE,
    /** Nothing is known. */
    UNKNOWN
  }

  /** Nothing is known yet. */
  public static final Total UNKNOWN = new Total(Kind.UNKNOWN, 0);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException when {@code count} is negative, or not 0 for {@link
   *     Kind#UNKNOWN}
   */
  public Total {
    if (count < 0 || (kind == Kind.UNKNOWN && count != 0)) {
      throw new IllegalArgumentException("count is " + count + " for a total that is " + kind);
    }
  }

  /**
   * A figure that the API counted.
   *
   * @param count items; 0 or more
   * @return the total
   */
  public static Total exact(long count) {
    return new Total(Kind.EXACT, count);
  }

  /**
   * A derived figure.
   *
   * @param count items; 0 or more
   * @return the total
   */
  public static Total estimate(long count) {
    return new Total(Kind.ESTIMATE, count);
  }

  /**
   * Whether there is a figure at all.
   *
   * @return true unless the kind is {@link Kind#UNKNOWN}
   */
  public boolean isKnown() {
    return kind != Kind.UNKNOWN;
  }
}
