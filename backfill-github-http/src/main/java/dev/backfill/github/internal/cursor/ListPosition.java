package dev.backfill.github.internal.cursor;

/**
 * A position in a list without an order: behind an item of a page.
 *
 * @param page path and query of the page within the API, as in GitHub's link
 * @param offset the number of its items that are done
 * @param items the number of items of the whole list that are done, without those of other kinds
 * @param digest the digest of all of them, in their order
 */
public record ListPosition(String page, int offset, long items, long digest) implements Position {

  /** Returns the beginning of a list. */
  public static ListPosition firstOf(String page) {
    return new ListPosition(page, 0, 0, 0);
  }
}
