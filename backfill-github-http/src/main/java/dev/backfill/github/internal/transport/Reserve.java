package dev.backfill.github.internal.transport;

import dev.backfill.api.quota.Quota;
import org.jspecify.annotations.Nullable;

/**
 * The part of a quota that stays for others. It is computed from one quota; of any other quota that
 * a session spends, the same share stays.
 *
 * @param units units of the quota that it was computed from; 0 or more
 * @param limit that quota's limit; 0 if it is not known
 */
public record Reserve(long units, long limit) {

  /** No reserve. */
  public static final Reserve NONE = new Reserve(0, 0);

  /**
   * Creates a reserve of units of a quota.
   *
   * @param quota the quota of these units, or null if it is not known
   */
  public static Reserve of(long units, @Nullable Quota quota) {
    return new Reserve(units, quota == null ? 0 : quota.limit());
  }

  /** Returns the units of a quota that stay for others. */
  public long in(@Nullable Quota quota) {
    if (quota == null || limit == 0 || quota.limit() == limit) {
      return units;
    }
    return (long) Math.ceil((double) units / limit * quota.limit());
  }
}
