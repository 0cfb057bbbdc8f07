package dev.backfill.testkit.github;

/**
 * The assignment of numbers to pull requests and issues: seven and three of every ten, in places
 * that the seed chooses. Both directions are computed without a table.
 */
final class Numbering {

  static final int BLOCK = 10;
  static final int PULL_REQUESTS = 7;

  private final SeededRandom random;

  Numbering(SeededRandom random) {
    this.random = random;
  }

  /** Returns the number of the pull request at an index from 0. */
  int number(int index) {
    int block = index / PULL_REQUESTS;
    int ordinal = index % PULL_REQUESTS;
    int issues = issues(block);
    for (int slot = 0; ; slot++) {
      if ((issues & 1 << slot) == 0 && ordinal-- == 0) {
        return block * BLOCK + slot + 1;
      }
    }
  }

  /** Returns the index of the pull request with a number; -1 if it is an issue's number. */
  int index(int number) {
    if (number < 1) {
      return -1;
    }
    int block = (number - 1) / BLOCK;
    int slot = (number - 1) % BLOCK;
    int issues = issues(block);
    if ((issues & 1 << slot) != 0) {
      return -1;
    }
    int issuesBefore = Integer.bitCount(issues & (1 << slot) - 1);
    return block * PULL_REQUESTS + slot - issuesBefore;
  }

  private int issues(int block) {
    int mask = 0;
    for (int draw = 0; Integer.bitCount(mask) < BLOCK - PULL_REQUESTS; draw++) {
      mask |= 1 << random.below(BLOCK, SeededRandom.Use.SLOT, block, draw);
    }
    return mask;
  }
}
