package dev.backfill.testkit.github;

/** GitHub's ids: above 32 bits, rising, with gaps, and different in each repository. */
final class Ids {

  private static final long FIRST = 2_200_000_000L;
  private static final long PER_REPOSITORY = 1_000_000_000L;
  private static final long PER_KIND = 200_000_000L;
  private static final int LISTS = 100;

  private final SeededRandom random;
  private final long base;

  Ids(SeededRandom random, long repositoryId) {
    this.random = random;
    this.base = FIRST + repositoryId % 1_000_000 * PER_REPOSITORY;
  }

  long pullRequest(int index) {
    return id(0, index);
  }

  /** Returns the index of the pull request with a node id; -1 if none can have it. */
  int pullRequestIndex(String nodeId) {
    return nodeId.matches("PR_[0-9a-z]{1,12}")
        ? (int) position(0, Long.parseLong(nodeId.substring(3), 36))
        : -1;
  }

  /** Returns the position of the review comment with an id; -1 if none can have it. */
  long reviewCommentPosition(long id) {
    return position(2, id);
  }

  /** Returns the position of the issue comment with an id; -1 if none can have it. */
  long issueCommentPosition(long id) {
    return position(3, id);
  }

  long review(long position) {
    return id(1, position);
  }

  long reviewComment(long position) {
    return id(2, position);
  }

  long issueComment(long position) {
    return id(3, position);
  }

  /** Returns the id of the n-th row of a plain list; lists have ids of their own. */
  long listItem(String list, int index) {
    int place = Math.floorMod(list.hashCode(), LISTS);
    return id(4, place * (PER_KIND / LISTS / 3) + index);
  }

  private long position(int kind, long id) {
    long first = base + kind * PER_KIND;
    long position = (id - first) / 3;
    boolean fits = id >= first && id < first + PER_KIND;
    return fits && id(kind, position) == id ? position : -1;
  }

  private long id(int kind, long position) {
    return base
        + kind * PER_KIND
        + position * 3
        + random.below(3, SeededRandom.Use.ID, kind, position);
  }
}
