package dev.backfill.core.policy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.policy.ChunkSample;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.policy.PolicyInput;
import dev.backfill.api.policy.RateLimitPolicy;
import java.time.Duration;
import java.util.List;

/**
 * Sizes chunks by what binds: the largest size, the time that a chunk may take, the size at which
 * the source fails, the quota above the reserve. It begins with the documented size, grows to at
 * most 1.5 times the last chunk, and shrinks at once. What a chunk cost is measured without waits,
 * so that a wait for quota makes no chunk small.
 *
 * <p>A chunk that fails is asked for again with half the size, or with the largest that has worked
 * of late; a tenth more is tried after every fifth chunk that works while that is less than what
 * has failed, and what has failed once the failure is {@value PolicyInput#MAX_RECENT} chunks ago.
 *
 * <p>Everything comes from the input, so the same input gives the same decision. Immutable and safe
 * for any number of threads.
 */
public final class AdaptiveRateLimitPolicy implements RateLimitPolicy {

  /** How long a chunk may take unless stated: as much work as a crash may cost. */
  public static final Duration DEFAULT_LONGEST_CHUNK = Duration.ofSeconds(30);

  private static final double GROWTH = 1.5;
  private static final double DECAY = 0.75;

  /** Times differ from chunk to chunk; a smaller change is none. */
  private static final double NOISE = 0.2;

  private static final int SUCCESSES_BEFORE_PROBE = 5;
  private static final double PROBE = 1.1;

  private final StandardRateLimitPolicy rule;
  private final int smallest;
  private final int largest;
  private final Duration longestChunk;

  private AdaptiveRateLimitPolicy(
      StandardRateLimitPolicy rule, int smallest, int largest, Duration longestChunk) {
    this.rule = rule;
    this.smallest = smallest;
    this.largest = largest;
    this.longestChunk = longestChunk;
  }

  /**
   * Chunks of {@value StandardRateLimitPolicy#SMALL_CHUNK} to {@value
   * StandardRateLimitPolicy#LARGE_CHUNK}, with the default reserve.
   *
   * @return the policy
   */
  public static AdaptiveRateLimitPolicy ofDefaults() {
    return new AdaptiveRateLimitPolicy(
        StandardRateLimitPolicy.ofDefaults(),
        StandardRateLimitPolicy.SMALL_CHUNK,
        StandardRateLimitPolicy.LARGE_CHUNK,
        DEFAULT_LONGEST_CHUNK);
  }

  /**
   * The same policy with other bounds. Only failures and the quota take a chunk below the smaller.
   *
   * @param smallest items; from 1 to {@code largest}
   * @param largest items; up to {@value StandardRateLimitPolicy#MAX_FIXED_SIZE}
   * @return the policy
   * @throws InvalidConfigurationException when a bound is out of its range
   */
  public AdaptiveRateLimitPolicy withBounds(int smallest, int largest) {
    if (smallest < 1 || largest < smallest || largest > StandardRateLimitPolicy.MAX_FIXED_SIZE) {
      throw new InvalidConfigurationException(
          "The chunk sizes are from %d to %d; they must be from 1 to %d, the smaller one first."
              .formatted(smallest, largest, StandardRateLimitPolicy.MAX_FIXED_SIZE));
    }
    return new AdaptiveRateLimitPolicy(rule, smallest, largest, longestChunk);
  }

  /**
   * The same policy with another time for a chunk.
   *
   * @param duration how long a chunk may take; positive
   * @return the policy
   * @throws InvalidConfigurationException when it is not positive
   */
  public AdaptiveRateLimitPolicy withLongestChunk(Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new InvalidConfigurationException(
          "The time for a chunk is " + duration + "; it must be positive.");
    }
    return new AdaptiveRateLimitPolicy(rule, smallest, largest, duration);
  }

  /**
   * The same policy with another reserve.
   *
   * @param percent percent of the limit that stays for others; from 0 to 90
   * @return the policy
   * @throws InvalidConfigurationException when the percentage is out of its range
   */
  public AdaptiveRateLimitPolicy withReservePercent(int percent) {
    return new AdaptiveRateLimitPolicy(
        rule.withReservePercent(percent), smallest, largest, longestChunk);
  }

  @Override
  public Decision decide(PolicyInput input) {
    Size size = size(input);
    Decision decision = rule.withFixedSize(size.items()).decide(input);
    return decision instanceof Decision.Proceed proceed && proceed.chunkSize() == size.items()
        ? new Decision.Proceed(size.items(), proceed.reserve(), size.reason())
        : decision;
  }

  /** A size and what binds it. */
  private record Size(int items, String reason) {

    Size atMost(int other, String why) {
      return other < items ? new Size(Math.max(1, other), why) : this;
    }
  }

  private Size size(PolicyInput input) {
    List<ChunkSample> recent = input.recent();
    if (recent.isEmpty()) {
      int documented = rule.sizeFor(input);
      return new Size(
          Math.max(smallest, Math.min(largest, documented)), "begins with the documented size");
    }
    int last = recent.get(recent.size() - 1).requested();
    Size size = new Size(largest, "the largest size").atMost(grown(last), "grows from " + last);
    double perItem = secondsPerItem(recent);
    if (perItem > 0) {
      double most = longestChunk.toMillis() / 1_000.0 / perItem;
      // A size that takes about the time it may stays, or the noise of the times would move it.
      boolean fits = last <= most * (1 + NOISE) && last >= most * (1 - NOISE);
      int byTime = fits ? last : (int) Math.min(largest, most);
      size =
          size.atMost(
              Math.max(smallest, byTime),
              "time: %.2f s an item, %d s a chunk".formatted(perItem, longestChunk.toSeconds()));
    }
    int failed = smallestFailure(recent);
    return failed == 0
        ? size
        : size.atMost(belowFailure(recent, failed), "failure: chunks of " + failed + " failed");
  }

  private static int grown(int last) {
    return (int) Math.ceil(last * GROWTH);
  }

  private static double secondsPerItem(List<ChunkSample> recent) {
    double seconds = 0;
    double items = 0;
    for (ChunkSample sample : recent) {
      if (!sample.failed()) {
        seconds = seconds * DECAY + sample.active().toNanos() / 1e9;
        items = items * DECAY + sample.items();
      }
    }
    return items == 0 ? 0 : seconds / items;
  }

  private static int smallestFailure(List<ChunkSample> recent) {
    return recent.stream()
        .filter(ChunkSample::failed)
        .mapToInt(ChunkSample::requested)
        .min()
        .orElse(0);
  }

  /** What has worked below a size that failed, a little more from time to time, or half of it. */
  private static int belowFailure(List<ChunkSample> recent, int failed) {
    int worked = 0;
    int successes = 0;
    for (ChunkSample sample : recent) {
      if (sample.failed()) {
        successes = 0;
      } else if (sample.requested() < failed) {
        successes = sample.requested() > worked ? 1 : successes + 1;
        worked = Math.max(worked, sample.requested());
      }
    }
    if (worked == 0) {
      return failed / 2;
    }
    int more = (int) Math.ceil(worked * PROBE);
    return successes < SUCCESSES_BEFORE_PROBE || more >= failed ? worked : more;
  }
}
