package dev.backfill.testkit.github;

import java.util.Arrays;

/** Positions of rows in a rising order. Immutable. */
interface Sequence {

  /** The bits of a packed number that contain the position; the others contain the sort key. */
  int POSITION_BITS = 27;

  /** Returns the number of rows. */
  long size();

  /** Returns the row at a place from 0 to {@code size() - 1}. */
  long position(long at);

  /**
   * Returns the number of rows before a place in the order, with or without a row at that place.
   */
  long before(long key, long position);

  /** Returns all rows in the order of creation. */
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

  /** Returns packed rows, in rising order. */
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
