package dev.backfill.testkit.github;

/**
 * The distribution of items over owners. Every block of owners shares a fixed number of items, so
 * that the owner of the n-th item is found without a table. Immutable.
 */
final class Distribution {

  private final SeededRandom random;
  private final SeededRandom.Use use;
  private final int ownersPerBlock;
  private final int itemsPerBlock;

  Distribution(SeededRandom random, SeededRandom.Use use, int ownersPerBlock, double average) {
    this.random = random;
    this.use = use;
    this.ownersPerBlock = ownersPerBlock;
    this.itemsPerBlock = (int) Math.round(average * ownersPerBlock);
  }

  /** Returns the number of items of an owner. */
  int count(int owner) {
    return counts(owner / ownersPerBlock)[owner % ownersPerBlock];
  }

  /** Returns the total number of items of all earlier owners. */
  long before(int owner) {
    int block = owner / ownersPerBlock;
    long sum = (long) block * itemsPerBlock;
    int[] counts = counts(block);
    for (int i = 0; i < owner % ownersPerBlock; i++) {
      sum += counts[i];
    }
    return sum;
  }

  /** Returns the owner of the item at a position from 0. */
  int owner(long position) {
    int block = (int) (position / itemsPerBlock);
    int rest = (int) (position % itemsPerBlock);
    int[] counts = counts(block);
    int owner = 0;
    while (rest >= counts[owner]) {
      rest -= counts[owner++];
    }
    return block * ownersPerBlock + owner;
  }

  private int[] counts(int block) {
    int[] counts = new int[ownersPerBlock];
    for (int item = 0; item < itemsPerBlock; item++) {
      counts[random.below(ownersPerBlock, use, block, item)]++;
    }
    return counts;
  }
}
