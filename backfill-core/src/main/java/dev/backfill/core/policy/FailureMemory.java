package dev.backfill.core.policy;

import dev.backfill.api.policy.ChunkSample;
import java.util.List;

/**
 * What failures say of sizes. A size that fails is halved at once; it counts as too large until it
 * works again, unless it had just worked many times, or several smaller sizes fail after it, since
 * then the size is not why. Between what works and what fails, the middle is tried from time to
 * time; what failed itself is tried again more and more seldom.
 *
 * @param failed the smallest size that counts as too large; 0 for none
 * @param worked the largest that has worked below it; 0 for none
 * @param successes chunks that worked since the last failure or the last larger one
 * @param required chunks that have to work before more is tried
 * @param retrying the size that has just failed; 0 when the last chunk worked
 * @param inRow failures since the last chunk that worked
 */
record FailureMemory(int failed, int worked, int successes, int required, int retrying, int inRow) {

  private static final int FIRST_SUCCESSES = 5;
  private static final int MAX_SUCCESSES = 80;

  /** Where nothing is left between what works and what fails, a try most likely fails. */
  private static final int ADJACENT_FACTOR = 16;

  /** Successes at a size that make its next failure an accident. */
  private static final int PROVEN = 8;

  /** Sizes that fail in a row for a reason that is not their size. */
  private static final int OUTAGE = 3;

  static final FailureMemory NONE = new FailureMemory(0, 0, 0, FIRST_SUCCESSES, 0, 0);

  /** What is known after one of the samples, whose predecessors are known. */
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
    // Chunks are counted only since a failure, so successes mean that there was one.
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

  /** A chunk that came short proves only what came. */
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

  /** The largest size that failures allow; 0 when they allow any. */
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
