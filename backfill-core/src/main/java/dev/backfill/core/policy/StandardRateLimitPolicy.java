package dev.backfill.core.policy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.policy.PolicyInput;
import dev.backfill.api.policy.RateLimitPolicy;
import dev.backfill.api.quota.Quota;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * A policy by the documented rule:
 *
 * <ul>
 *   <li>A history of more than {@value #LARGE_HISTORY} items is read in chunks of {@value
 *       #SMALL_CHUNK}.
 *   <li>So is any history while fewer than {@value #LOW_QUOTA} units of quota are left.
 *   <li>All others are read in chunks of {@value #LARGE_CHUNK}.
 * </ul>
 *
 * <p>A fixed size replaces that rule. A share of the limit, by default {@value
 * #DEFAULT_RESERVE_PERCENT} percent, stays for the host's own calls. The policy waits for the next
 * window rather than touch it. It makes a chunk smaller if the quota above the reserve does not pay
 * for a whole one.
 *
 * <p>Immutable and safe for any number of threads.
 */
public final class StandardRateLimitPolicy implements RateLimitPolicy {

  /** The number of items above which a history is read in small chunks. */
  public static final long LARGE_HISTORY = 50_000;

  /** The units of remaining quota below which chunks are small. */
  public static final long LOW_QUOTA = 1_000;

  /** The items in a small chunk. */
  public static final int SMALL_CHUNK = 25;

  /** The items in a large chunk. */
  public static final int LARGE_CHUNK = 50;

  /** The default percent of the limit that stays for others. */
  public static final int DEFAULT_RESERVE_PERCENT = 10;

  /** The max fixed size. */
  public static final int MAX_FIXED_SIZE = 1_000;

  private final OptionalInt fixedSize;
  private final int reservePercent;

  private StandardRateLimitPolicy(OptionalInt fixedSize, int reservePercent) {
    this.fixedSize = fixedSize;
    this.reservePercent = reservePercent;
  }

  /**
   * Creates a policy with the documented rule and the default reserve.
   *
   * @return the policy
   */
  public static StandardRateLimitPolicy ofDefaults() {
    return new StandardRateLimitPolicy(OptionalInt.empty(), DEFAULT_RESERVE_PERCENT);
  }

  /**
   * Returns the same policy with chunks of one size.
   *
   * @param size items in a chunk; from 1 to {@value #MAX_FIXED_SIZE}
   * @return the policy
   * @throws InvalidConfigurationException if the size is out of its range
   */
  public StandardRateLimitPolicy withFixedSize(int size) {
    if (size < 1 || size > MAX_FIXED_SIZE) {
      throw new InvalidConfigurationException(
          "The chunk size is " + size + "; it must be from 1 to " + MAX_FIXED_SIZE + ".");
    }
    return new StandardRateLimitPolicy(OptionalInt.of(size), reservePercent);
  }

  /**
   * Returns the same policy with another reserve.
   *
   * @param percent percent of the limit that stays for others; from 0 to 90
   * @return the policy
   * @throws InvalidConfigurationException if the percentage is out of its range
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

  /** Returns the size by this rule alone, without the quota that pays for it. */
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
