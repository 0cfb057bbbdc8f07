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
 * Sizes chunks by what binds: the largest size, the time that a chunk may take, its bytes, the size
 * at which the source fails, the quota above the reserve. It begins with the documented size, or
 * where this or a similar backfill left off, grows to at most 1.5 times the last chunk, and shrinks
 * at once. What a chunk cost is measured without waits, so that a wait for quota makes no chunk
 * small.
 *
 * <p>Time is a fixed part for each chunk and a part for each item, as far as chunks of different
 * sizes tell them apart; where the fixed part is large, small chunks would only waste it, so the
 * time makes no chunk so small that an item in it takes over 3 percent longer than in the largest
 * one. Chunks that came short, and chunks of sizes far from the present one, do not count.
 *
 * <p>A chunk that fails is asked for again with half the size, or with the largest that has worked
 * of late. Larger ones are tried again from time to time, and more and more seldom where they fail
 * again. A failure of a size that had just worked many times, and one that smaller sizes do not
 * cure, is taken for an accident.
 *
 * <p>Everything comes from the input, so the same input gives the same decision. Each decision has
 * a basis, one line from which {@link #replay} gives the same size again and {@link #explain} a
 * sentence; with the samples it carries what was learned from chunk to chunk and from run to run.
 * Immutable and safe for any number of threads.
 */
public final class AdaptiveRateLimitPolicy implements RateLimitPolicy {

  /** How long a chunk may take unless stated: as much work as a crash may cost. */
  public static final Duration DEFAULT_MAX_CHUNK = Duration.ofSeconds(30);

  /** How many bytes may be read for a chunk unless stated: it is in memory as a whole. */
  public static final long DEFAULT_MAX_BYTES = 8L * 1024 * 1024;

  /** The largest bound on the bytes of a chunk: 1 GiB. */
  public static final long LIMIT_OF_MAX_BYTES = 1024L * 1024 * 1024;

  private final StandardRateLimitPolicy rule;
  private final SizingInputs.Limits limits;

  private AdaptiveRateLimitPolicy(StandardRateLimitPolicy rule, SizingInputs.Limits limits) {
    this.rule = rule;
    this.limits = limits;
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
        new SizingInputs.Limits(
            StandardRateLimitPolicy.SMALL_CHUNK,
            StandardRateLimitPolicy.LARGE_CHUNK,
            DEFAULT_MAX_CHUNK.toMillis(),
            DEFAULT_MAX_BYTES));
  }

  /**
   * The same policy with other bounds. Only failures, bytes and the quota take a chunk below the
   * smaller.
   *
   * @param smallest items; from 1 to {@code largest}
   * @param largest items; up to {@value StandardRateLimitPolicy#MAX_FIXED_SIZE}
   * @return the policy
   * @throws InvalidConfigurationException when a bound is out of its range
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
   * The same policy with another time for a chunk. Chunks take longer where shorter ones would be
   * below the smaller bound, or would make an item dearer for what each chunk takes anyway.
   *
   * @param duration how long a chunk may take; from 1 millisecond to 1 day
   * @return the policy
   * @throws InvalidConfigurationException when it is out of its range
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
   * The same policy with another bound on the bytes of a chunk.
   *
   * @param bytes how many bytes may be read for a chunk; from 1 to {@value #LIMIT_OF_MAX_BYTES}
   * @return the policy
   * @throws InvalidConfigurationException when it is out of its range
   */
  public AdaptiveRateLimitPolicy withMaxBytes(long bytes) {
    if (bytes < 1 || bytes > LIMIT_OF_MAX_BYTES) {
      throw new InvalidConfigurationException(
          "The most bytes of a chunk are "
              + bytes
              + "; it must be from 1 to "
              + LIMIT_OF_MAX_BYTES
              + ".");
    }
    return new AdaptiveRateLimitPolicy(
        rule, new SizingInputs.Limits(limits.min(), limits.max(), limits.maxMillis(), bytes));
  }

  /**
   * The same policy with another reserve.
   *
   * @param percent percent of the limit that stays for others; from 0 to 90
   * @return the policy
   * @throws InvalidConfigurationException when the percentage is out of its range
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

  /** What the chunks of earlier slices cost. */
  private static double quotaPerItem(List<ChunkSample> recent) {
    long units = recent.stream().mapToLong(ChunkSample::quotaSpent).sum();
    long items = recent.stream().mapToLong(ChunkSample::items).sum();
    return items == 0 ? 0 : (double) units / items;
  }

  /**
   * Works a size out again.
   *
   * @param basis what is stored with a chunk: {@link
   *     dev.backfill.api.store.ChunkCommit.Measures#sizeBasis()}
   * @return the size; empty when this version of this policy has not written the text
   */
  public static OptionalInt replay(@Nullable String basis) {
    Optional<SizingInputs> read = SizingInputs.read(basis);
    return read.isPresent() ? OptionalInt.of(Sizing.of(read.get()).size()) : OptionalInt.empty();
  }

  /**
   * Says in one sentence why a chunk had its size.
   *
   * @param basis what is stored with the chunk
   * @return the sentence; empty when this version of this policy has not written the text
   */
  public static Optional<String> explain(@Nullable String basis) {
    return SizingInputs.read(basis).map(read -> Sizing.of(read).sentence());
  }
}
