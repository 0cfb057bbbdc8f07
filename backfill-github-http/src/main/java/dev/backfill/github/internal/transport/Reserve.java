package dev.backfill.github.internal.transport;

import dev.backfill.api.quota.Quota;
import org.jspecify.annotations.Nullable;

/**
 * The part of a quota that requests leave to others. It is worked out from one quota, and a session
 * may spend another one beside it: of that it is the same share.
 *
 * @param units units of the quota that it was worked out from; 0 or more
 * @param limit what that quota is when nothing is used; 0 if it is not known
 */
public record Reserve(long units, long limit) {

  /** Leaves nothing to others. */
  public static final Reserve NONE = new Reserve(0, 0);

  /**
   * Takes units of a quota.
   *
   * @param quota the quota that they are units of, or null if it is not known
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
