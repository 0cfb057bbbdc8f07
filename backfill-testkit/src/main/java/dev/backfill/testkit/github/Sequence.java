package dev.backfill.testkit.github;

import java.util.Arrays;

/** Positions of rows in a rising order. Immutable. */
interface Sequence {

  /** Bits of a packed number that hold the position; the others hold what is sorted by. */
  int POSITION_BITS = 27;

  /** How many rows. */
  long size();

  /** The row at a place from 0 to {@code size() - 1}. */
  long position(long at);

  /** How many rows come before a place in the order, whether a row is there or not. */
  long before(long key, long position);

  /** The rows as they were created, all of them. */
  static Sequence ofAll(long size) {
    return new Sequence() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public long position(long at) {
        return at;
      }

      @Override
      public long before(long key, long position) {
        return Math.max(0, Math.min(size, position));
      }
    };
  }

  /** The rows as they are packed, in rising order. */
  static Sequence ofPacked(long[] packed) {
    return new Sequence() {
      @Override
      public long size() {
        return packed.length;
      }

      @Override
      public long position(long at) {
        return packed[(int) at] & (1L << POSITION_BITS) - 1;
      }

      @Override
      public long before(long key, long position) {
        int found = Arrays.binarySearch(packed, pack(key, position));
        return found >= 0 ? found : -found - 1;
      }
    };
  }

  static long pack(long key, long position) {
    return key << POSITION_BITS | position;
  }
}
