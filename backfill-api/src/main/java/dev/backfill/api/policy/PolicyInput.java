package dev.backfill.api.policy;

import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Total;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The input of a {@link RateLimitPolicy}'s decision.
 *
 * @param now the time on the local clock
 * @param quota the quota that is left by the API's last response, or the whole limit if the window
 *     of that response is over; null if no request was sent yet or the API has no limit
 * @param total the number of items of the history, as far as known
 * @param quotaPerItem units that an item has cost so far in this slice; 0 or more, 0 before the
 *     first chunk
 * @param recent samples of the latest chunks of this backfill, also of earlier slices, or before
 *     its first chunk those of a similar backfill; failed attempts are among them, and those before
 *     this slice have the sizes that this policy wants in their place; oldest first, at most
 *     {@value #MAX_RECENT}, not modifiable
 */
public record PolicyInput(
    Instant now,
    @Nullable Quota quota,
    Total total,
    double quotaPerItem,
    List<ChunkSample> recent) {

  /** The max number of samples. */
  public static final int MAX_RECENT = 32;

  /**
   * Checks the values, and computes the quota at the present time.
   *
   * @throws IllegalArgumentException if {@code quotaPerItem} is negative or not a number, or if
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
   * Creates an input before the first chunk of a slice.
   *
   * @param now the time on the local clock
   * @param quota the quota that is left by the API's last response, or null
   * @param total the number of items of the history, as far as known
   * @param quotaPerItem units that an item has cost so far; 0 or more
   */
  public PolicyInput(Instant now, @Nullable Quota quota, Total total, double quotaPerItem) {
    this(now, quota, total, quotaPerItem, List.of());
  }
}
