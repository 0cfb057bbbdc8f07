package dev.backfill.core.policy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.policy.ChunkSample;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.policy.PolicyInput;
import dev.backfill.api.policy.RateLimitPolicy;
import dev.backfill.api.quota.Quota;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A policy that sizes chunks by the bound that binds: the max size, the time of a chunk, its bytes,
 * the size at which the source fails, the quota above the reserve. It begins with the documented
 * size, or with the last size of this or a similar backfill. It grows to at most 1.5 times the last
 * chunk, and shrinks at once. It measures a chunk's cost without waits, so that a wait for quota
 * makes no chunk small.
 *
 * <p>A chunk's time is a fixed part, and a part for each item. Chunks of different sizes show both.
 * If the fixed part is large, small chunks would only waste it. So the time makes no chunk so small
 * that an item in it takes over 3 percent longer than in the largest one. Chunks with fewer items
 * than requested, and chunks of sizes far from the present one, do not count.
 *
 * <p>After a failed chunk the policy requests half its size, or the largest size that has worked
 * recently. It tries larger sizes from time to time, and less and less often if they fail again.
 * Two failures count as accidents: of a size that had just worked many times, and one that smaller
 * sizes do not cure.
 *
 * <p>Everything comes from the input, so the same input gives the same decision. Each decision has
 * a basis, one line from which {@link #replay} computes the same size again and {@link #explain} a
 * sentence. With the samples the basis passes the policy's knowledge from chunk to chunk and from
 * run to run. Immutable and safe for any number of threads.
 */
public final class AdaptiveRateLimitPolicy implements RateLimitPolicy {

  /** The default max time of a chunk, which is the max work that a crash can cost. */
  public static final Duration DEFAULT_MAX_CHUNK = Duration.ofSeconds(30);

  /** The default max bytes of a chunk, which is in memory as a whole. */
  public static final long DEFAULT_MAX_BYTES = 8L * 1024 * 1024;

  /** The upper limit for the max bytes of a chunk: 1 GiB. */
  public static final long LIMIT_OF_MAX_BYTES = 1024L * 1024 * 1024;

  private final StandardRateLimitPolicy rule;
  private final SizingInputs.Limits limits;

  private AdaptiveRateLimitPolicy(StandardRateLimitPolicy rule, SizingInputs.Limits limits) {
    this.rule = rule;
    this.limits = limits;
  }

  /**
   * Creates a policy for chunks of {@value StandardRateLimitPolicy#SMALL_CHUNK} to {@value
   * StandardRateLimitPolicy#LARGE_CHUNK} items, with the default reserve.
   *
   * @return the policy
   */
  public static AdaptiveRateLimitPolicy ofDefaults() {
    return new AdaptiveRateLimitPolicy(
        StandardRateLimitPolicy.ofDefaults(),
        new SizingInputs.Limits(
            StandardRateLimitPolicy.SMALL_CHUNK,
            StandardRateLimitPolicy.LARGE_CHUNK,
            DEFAULT_MAX_CHUNK.toMillis(),
            DEFAULT_MAX_BYTES));
  }

  /**
   * Returns the same policy with other bounds. Only failures, bytes and the quota take a chunk
   * below the smaller bound.
   *
   * @param smallest items; from 1 to {@code largest}
   * @param largest items; up to {@value StandardRateLimitPolicy#MAX_FIXED_SIZE}
   * @return the policy
   * @throws InvalidConfigurationException if a bound is out of its range
   */
  public AdaptiveRateLimitPolicy withBounds(int smallest, int largest) {
    if (smallest < 1 || largest < smallest || largest > StandardRateLimitPolicy.MAX_FIXED_SIZE) {
      throw new InvalidConfigurationException(
          String.format(
              Locale.ROOT,
              "The chunk sizes are from %d to %d; they must be from 1 to %d, the smaller one"
                  + " first.",
              smallest,
              largest,
              StandardRateLimitPolicy.MAX_FIXED_SIZE));
    }
    return new AdaptiveRateLimitPolicy(
        rule, new SizingInputs.Limits(smallest, largest, limits.maxMillis(), limits.maxBytes()));
  }

  /**
   * Returns the same policy with another max time of a chunk. A chunk takes longer if a shorter one
   * would be below the smaller bound, or if its fixed part would make an item too expensive.
   *
   * @param duration the max time of a chunk; from 1 millisecond to 1 day
   * @return the policy
   * @throws InvalidConfigurationException if it is out of its range
   */
  public AdaptiveRateLimitPolicy withMaxChunkTime(Duration duration) {
    if (duration.toMillis() < 1 || duration.compareTo(Duration.ofDays(1)) > 0) {
      throw new InvalidConfigurationException(
          "The time for a chunk is " + duration + "; it must be from PT0.001S to PT24H.");
    }
    return new AdaptiveRateLimitPolicy(
        rule,
        new SizingInputs.Limits(
            limits.min(), limits.max(), duration.toMillis(), limits.maxBytes()));
  }

  /**
   * Returns the same policy with another max number of bytes.
   *
   * @param bytes the max bytes to read for a chunk; from 1 to {@value #LIMIT_OF_MAX_BYTES}
   * @return the policy
   * @throws InvalidConfigurationException if it is out of its range
   */
  public AdaptiveRateLimitPolicy withMaxBytes(long bytes) {
    if (bytes < 1 || bytes > LIMIT_OF_MAX_BYTES) {
      throw new InvalidConfigurationException(
          "The max bytes of a chunk are "
              + bytes
              + "; it must be from 1 to "
              + LIMIT_OF_MAX_BYTES
              + ".");
    }
    return new AdaptiveRateLimitPolicy(
        rule, new SizingInputs.Limits(limits.min(), limits.max(), limits.maxMillis(), bytes));
  }

  /**
   * Returns the same policy with another reserve.
   *
   * @param percent percent of the limit that stays for others; from 0 to 90
   * @return the policy
   * @throws InvalidConfigurationException if the percentage is out of its range
   */
  public AdaptiveRateLimitPolicy withReservePercent(int percent) {
    return new AdaptiveRateLimitPolicy(rule.withReservePercent(percent), limits);
  }

  @Override
  public Decision decide(PolicyInput input) {
    Decision documented = rule.decide(input);
    if (!(documented instanceof Decision.Proceed proceed)) {
      return documented;
    }
    SizingInputs basis =
        SizingInputs.of(
            limits, rule.sizeFor(input), affordable(input, proceed.reserve()), input.recent());
    Sizing sizing = Sizing.of(basis);
    return new Decision.Proceed(
        sizing.size(), proceed.reserve(), sizing.reason(), basis.text(sizing));
  }

  private static SizingInputs.SpendableQuota affordable(PolicyInput input, long reserve) {
    Quota quota = input.quota();
    if (quota == null) {
      return SizingInputs.SpendableQuota.UNLIMITED;
    }
    double perItem = input.quotaPerItem() > 0 ? input.quotaPerItem() : quotaPerItem(input.recent());
    return new SizingInputs.SpendableQuota(
        quota.remaining() - reserve, (long) Math.ceil(perItem * 1e6));
  }

  /** Returns the cost of an item in the chunks of earlier slices. */
  private static double quotaPerItem(List<ChunkSample> recent) {
    long units = recent.stream().mapToLong(ChunkSample::quotaSpent).sum();
    long items = recent.stream().mapToLong(ChunkSample::items).sum();
    return items == 0 ? 0 : (double) units / items;
  }

  /**
   * Computes a size again.
   *
   * @param basis the text that is stored with a chunk: {@link
   *     dev.backfill.api.store.CommittedChunk#sizeBasis()}
   * @return the size; empty if this version of this policy has not written the text
   */
  public static OptionalInt replay(@Nullable String basis) {
    Optional<SizingInputs> read = SizingInputs.read(basis);
    return read.isPresent() ? OptionalInt.of(Sizing.of(read.get()).size()) : OptionalInt.empty();
  }

  /**
   * Explains in one sentence why a chunk had its size.
   *
   * @param basis the text that is stored with the chunk
   * @return the sentence; empty if this version of this policy has not written the text
   */
  public static Optional<String> explain(@Nullable String basis) {
    return SizingInputs.read(basis).map(read -> Sizing.of(read).sentence());
  }
}
