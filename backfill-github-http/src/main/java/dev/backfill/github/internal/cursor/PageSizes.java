package dev.backfill.github.internal.cursor;

/**
 * The number of items that a page is asked for.
 *
 * @param rest of a list of the REST API; from 10 to 100, the most that GitHub gives
 * @param queries of pull requests by GraphQL; from 1 to 100
 */
public record PageSizes(int rest, int queries) {

  /** What GitHub answers well within the ten seconds after which it gives up. */
  public static final PageSizes DEFAULT = new PageSizes(PagePosition.PAGE_SIZE, 25);

  /** The smallest size that a failure makes of a REST page. */
  public int minRest() {
    return rest / 4;
  }
}
