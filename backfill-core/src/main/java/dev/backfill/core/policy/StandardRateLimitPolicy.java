package dev.backfill.core.policy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.policy.PolicyInput;
import dev.backfill.api.policy.RateLimitPolicy;
import dev.backfill.api.quota.Quota;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * The documented rule: a history of more than {@value #LARGE_HISTORY} items goes in chunks of
 * {@value #SMALL_CHUNK}; so does any history while less than {@value #LOW_QUOTA} units of quota are
 * left; everything else goes in chunks of {@value #LARGE_CHUNK}. A fixed size, where one is given,
 * replaces that rule. A share of the limit, {@value #DEFAULT_RESERVE_PERCENT} percent unless
 * stated, stays for the host's own calls: it waits for the next window rather than touch it, and
 * takes a smaller chunk where the quota above the reserve is not enough for a whole one.
 *
 * <p>Immutable and safe for any number of threads.
 */
public final class StandardRateLimitPolicy implements RateLimitPolicy {

  /** Histories above this many items go in small chunks. */
  public static final long LARGE_HISTORY = 50_000;

  /** Below this many units of remaining quota chunks are small. */
  public static final long LOW_QUOTA = 1_000;

  /** Items in a small chunk. */
  public static final int SMALL_CHUNK = 25;

  /** Items in a large chunk. */
  public static final int LARGE_CHUNK = 50;

  /** Percent of the limit that stays for others. */
  public static final int DEFAULT_RESERVE_PERCENT = 10;

  /** The largest fixed size. */
  public static final int MAX_FIXED_SIZE = 1_000;

  private final OptionalInt fixedSize;
  private final int reservePercent;

  private StandardRateLimitPolicy(OptionalInt fixedSize, int reservePercent) {
    this.fixedSize = fixedSize;
    this.reservePercent = reservePercent;
  }

  /**
   * The documented rule with the default reserve.
   *
   * @return the policy
   */
  public static StandardRateLimitPolicy ofDefaults() {
    return new StandardRateLimitPolicy(OptionalInt.empty(), DEFAULT_RESERVE_PERCENT);
  }

  /**
   * The same policy with chunks of one size.
   *
   * @param size items in a chunk; from 1 to {@value #MAX_FIXED_SIZE}
   * @return the policy
   * @throws InvalidConfigurationException when the size is out of its range
   */
  public StandardRateLimitPolicy withFixedSize(int size) {
    if (size < 1 || size > MAX_FIXED_SIZE) {
      throw new InvalidConfigurationException(
          "The chunk size is " + size + "; it must be from 1 to " + MAX_FIXED_SIZE + ".");
    }
    return new StandardRateLimitPolicy(OptionalInt.of(size), reservePercent);
  }

  /**
   * The same policy with another reserve.
   *
   * @param percent percent of the limit that stays for others; from 0 to 90
   * @return the policy
   * @throws InvalidConfigurationException when the percentage is out of its range
   */
  public StandardRateLimitPolicy withReservePercent(int percent) {
    if (percent < 0 || percent > 90) {
      throw new InvalidConfigurationException(
          "The reserve is " + percent + " percent; it must be from 0 to 90.");
    }
    return new StandardRateLimitPolicy(fixedSize, percent);
  }

  @Override
  public Decision decide(PolicyInput input) {
    Decision.Proceed selected = proceed(input);
    Quota quota = input.quota();
    if (quota == null) {
      return selected;
    }
    long reserve = quota.limit() * reservePercent / 100;
    long spendable = quota.remaining() - reserve;
    if (spendable < 1) {
      return new Decision.Wait(
          quota.resetAt(),
          String.format(
              Locale.ROOT,
              "quota: %d of %d %s units left, %d kept in reserve",
              quota.remaining(),
              quota.limit(),
              quota.resource(),
              reserve));
    }
    double affordable =
        input.quotaPerItem() == 0 ? Double.MAX_VALUE : spendable / input.quotaPerItem();
    if (affordable < selected.chunkSize()) {
      int size = Math.max(1, (int) affordable);
      return new Decision.Proceed(
          size,
          reserve,
          String.format(
              Locale.ROOT, "quota: %d units above the reserve pay for %d", spendable, size));
    }
    return new Decision.Proceed(selected.chunkSize(), reserve, selected.reason());
  }

  /** The size of this rule, whatever the quota pays for. */
  int sizeFor(PolicyInput input) {
    return proceed(input).chunkSize();
  }

  private Decision.Proceed proceed(PolicyInput input) {
    if (fixedSize.isPresent()) {
      return new Decision.Proceed(fixedSize.getAsInt(), 0, "fixed size");
    }
    if (input.total().count() > LARGE_HISTORY) {
      return new Decision.Proceed(
          SMALL_CHUNK, 0, "large history: more than " + LARGE_HISTORY + " items");
    }
    Quota quota = input.quota();
    if (quota != null && quota.remaining() < LOW_QUOTA) {
      return new Decision.Proceed(
          SMALL_CHUNK, 0, "low quota: less than " + LOW_QUOTA + " units left");
    }
    return new Decision.Proceed(LARGE_CHUNK, 0, "standard");
  }
}
