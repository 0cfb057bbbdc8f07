package dev.backfill.github.internal.cursor;

/**
 * The number of items to request in a page.
 *
 * @param rest of a list of the REST API; from 10 to 100, GitHub's max
 * @param queries of pull requests by GraphQL; from 1 to 100
 */
public record PageSizes(int rest, int queries) {

  /** Sizes that GitHub answers well within ten seconds, after which it gives up. */
  public static final PageSizes DEFAULT = new PageSizes(PagePosition.PAGE_SIZE, 25);

  /** Returns the min size of a REST page after failures. */
  public int minRest() {
    return rest / 4;
  }
}
