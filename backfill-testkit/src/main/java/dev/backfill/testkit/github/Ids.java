package dev.backfill.testkit.github;

/** GitHub's numbers for things: above 32 bits, rising, with gaps, unlike between repositories. */
final class Ids {

  private static final long FIRST = 2_200_000_000L;
  private static final long PER_REPOSITORY = 1_000_000_000L;
  private static final long PER_KIND = 200_000_000L;

  private final Mix mix;
  private final long base;

  Ids(Mix mix, long repositoryId) {
    this.mix = mix;
    this.base = FIRST + repositoryId % 1_000_000 * PER_REPOSITORY;
  }

  long pullRequest(int index) {
    return id(0, index);
  }

  /** Which pull request has a node id; -1 when none can have it. */
  int pullRequestIndex(String nodeId) {
    if (!nodeId.matches("PR_[0-9a-z]{1,12}")) {
      return -1;
    }
    long id = Long.parseLong(nodeId.substring(3), 36);
    long index = (id - base) / 3;
    boolean fits = id >= base && index < PER_KIND / 3;
    return fits && pullRequest((int) index) == id ? (int) index : -1;
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

  private long id(int kind, long position) {
    return base + kind * PER_KIND + position * 3 + mix.below(3, Mix.Use.ID, kind, position);
  }
}
