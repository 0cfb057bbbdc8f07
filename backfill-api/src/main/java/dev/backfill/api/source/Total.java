package dev.backfill.api.source;

/**
 * The number of items of a history, as far as its source knows it.
 *
 * @param isKnown true if there is a number at all
 * @param isExact true if the API counted; false if the number is unknown, or derived, for example
 *     from the number of pages, and wrong by less than a page
 * @param count items; 0 or more, and 0 if the number is unknown
 */
public record Total(boolean isKnown, boolean isExact, long count) {

  /** The total as long as no number is known. */
  public static final Total UNKNOWN = new Total(false, false, 0);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if {@code count} is negative, or an unknown total is exact or
   *     has a count
   */
  public Total {
    if (count < 0 || !isKnown && (isExact || count != 0)) {
      throw new IllegalArgumentException(
          "count is " + count + (isKnown ? "" : " for a total that is unknown"));
    }
  }

  /**
   * Returns a total that the API counted.
   *
   * @param count items; 0 or more
   * @return the total
   */
  public static Total exact(long count) {
    return new Total(true, true, count);
  }

  /**
   * Returns a derived total.
   *
   * @param count items; 0 or more
   * @return the total
   */
  public static Total estimate(long count) {
    return new Total(true, false, count);
  }

  /**
   * Returns this total with another number.
   *
   * @param number items; 0 or more
   * @return a total of the same certainty
   * @throws IllegalArgumentException if this total is unknown
   */
  public Total withCount(long number) {
    return new Total(isKnown, isExact, number);
  }
}
