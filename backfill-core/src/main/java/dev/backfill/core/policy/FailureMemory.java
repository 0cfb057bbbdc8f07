package dev.backfill.core.policy;

import dev.backfill.api.policy.ChunkSample;
import java.util.List;

/**
 * The sizes that failed and worked.
 *
 * <ul>
 *   <li>A size that fails is halved at once. It counts as too large until it works again.
 *   <li>A failure is no matter of size if the size had just worked many times, or if several
 *       smaller sizes fail after it.
 *   <li>From time to time the policy tries the middle between the sizes that work and those that
 *       fail. It tries a failed size again less and less often.
 * </ul>
 *
 * @param failed the smallest size that counts as too large; 0 for none
 * @param worked the largest size below it that has worked; 0 for none
 * @param successes chunks that worked since the last failure or the last larger one
 * @param required chunks that have to work before a larger size is tried
 * @param retrying the size that has just failed; 0 if the last chunk worked
 * @param inRow failures since the last chunk that worked
 */
record FailureMemory(int failed, int worked, int successes, int required, int retrying, int inRow) {

  private static final int FIRST_SUCCESSES = 5;
  private static final int MAX_SUCCESSES = 80;

  /**
   * The factor for more successes if no size is left between work and failure: a try then likely
   * fails.
   */
  private static final int ADJACENT_FACTOR = 16;

  /** The number of successes at a size that make its next failure an accident. */
  private static final int PROVEN = 8;

  /** The number of sizes that fail in a row for a reason other than their size. */
  private static final int OUTAGE = 3;

  static final FailureMemory NONE = new FailureMemory(0, 0, 0, FIRST_SUCCESSES, 0, 0);

  /** Returns the memory after one of the samples, whose predecessors are in this memory. */
  FailureMemory after(List<ChunkSample> samples, int index) {
    ChunkSample sample = samples.get(index);
    return sample.failed()
        ? afterFailure(samples.subList(0, index), sample.requested())
        : afterSuccess(sample.items());
  }

  private FailureMemory afterFailure(List<ChunkSample> before, int size) {
    int row = Math.min(inRow + 1, OUTAGE);
    if (row == OUTAGE) {
      return new FailureMemory(0, 0, 0, FIRST_SUCCESSES, size, row);
    }
    if (failed == 0 && isProven(before, size)) {
      return new FailureMemory(0, 0, 0, required, size, row);
    }
    int min = failed == 0 ? size : Math.min(failed, size);
    // Successes are counted only after a failure, so a positive number means that there was one.
    boolean again = successes > 0 && size >= failed;
    return new FailureMemory(
        min,
        largestBelow(before, min),
        0,
        again ? Math.min(MAX_SUCCESSES, required * 2) : required,
        size,
        row);
  }

  private static boolean isProven(List<ChunkSample> before, int size) {
    int successes = 0;
    for (int i = before.size() - 1; i >= 0 && successes < PROVEN; i--) {
      ChunkSample sample = before.get(i);
      if (sample.failed()) {
        return false;
      }
      successes += sample.items() >= size ? 1 : 0;
    }
    return successes >= PROVEN;
  }

  private int largestBelow(List<ChunkSample> before, int size) {
    int remembered = worked < size ? worked : 0;
    return before.stream()
        .mapToInt(ChunkSample::items)
        .filter(items -> items < size)
        .reduce(remembered, Math::max);
  }

  /** Counts a success. A chunk with fewer items than requested proves only that number. */
  private FailureMemory afterSuccess(int items) {
    if (failed == 0 || items >= failed) {
      return NONE;
    }
    return new FailureMemory(
        failed,
        Math.max(worked, items),
        items > worked ? 1 : Math.min(successes + 1, MAX_SUCCESSES * ADJACENT_FACTOR),
        required,
        0,
        0);
  }

  /** Returns the largest size that failures allow; 0 if they allow any. */
  int size() {
    if (retrying > 0) {
      return worked > 0 ? worked : Math.max(1, retrying / 2);
    }
    if (failed == 0) {
      return 0;
    }
    int gap = failed - worked;
    if (gap > Math.max(1, worked / 10)) {
      return successes < required ? Math.max(1, worked) : worked + gap / 2;
    }
    return successes < required * ADJACENT_FACTOR ? Math.max(1, worked) : failed;
  }
}
