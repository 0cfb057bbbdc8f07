package dev.backfill.api.policy;

import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Total;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link RateLimitPolicy} decides on.
 *
 * @param now the time on the local clock
 * @param quota what is left by what the API last said: the whole limit once the window of that is
 *     over; or null when it has said nothing: not yet asked, or no limit
 * @param total how many items the history has, as far as known
 * @param quotaPerItem units that an item has cost so far in this slice; 0 or more, 0 before the
 *     first chunk
 * @param recent what the latest chunks of this backfill cost, those of earlier slices among them,
 *     or before its first chunk those of a similar backfill; and the attempts that failed, of which
 *     those before this slice have the sizes that this policy wants in their place; oldest first,
 *     at most {@value #MAX_RECENT}, not modifiable
 */
public record PolicyInput(
    Instant now,
    @Nullable Quota quota,
    Total total,
    double quotaPerItem,
    List<ChunkSample> recent) {

  /** How many chunks are remembered. */
  public static final int MAX_RECENT = 32;

  /**
   * Checks the values, and works out the quota as it is now.
   *
   * @throws IllegalArgumentException when {@code quotaPerItem} is negative or not a number, or when
   *     there are more than {@value #MAX_RECENT} samples
   */
  public PolicyInput {
    if (!(quotaPerItem >= 0)) {
      throw new IllegalArgumentException(
          "quotaPerItem is " + quotaPerItem + "; it must be 0 or more");
    }
    if (recent.size() > MAX_RECENT) {
      throw new IllegalArgumentException(
          recent.size() + " recent chunks; there must be at most " + MAX_RECENT);
    }
    quota = quota == null ? null : quota.at(now);
    recent = List.copyOf(recent);
  }

  /**
   * An input before the first chunk of a slice.
   *
   * @param now the time on the local clock
   * @param quota what the API last said is left, or null
   * @param total how many items the history has, as far as known
   * @param quotaPerItem units that an item has cost so far; 0 or more
   */
  public PolicyInput(Instant now, @Nullable Quota quota, Total total, double quotaPerItem) {
    this(now, quota, total, quotaPerItem, List.of());
  }
}
