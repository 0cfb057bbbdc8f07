package dev.backfill.api.policy;

import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Total;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link RateLimitPolicy} decides on.
 *
 * @param now the time on the local clock
 * @param quota what the API last said is left, or null when it has said nothing: not yet asked, or
 *     no limit
 * @param total how many items the history has, as far as known
 * @param quotaPerItem units that an item has cost so far in this slice; 0 or more, 0 before the
 *     first chunk
 */
public record PolicyInput(Instant now, @Nullable Quota quota, Total total, double quotaPerItem) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException when {@code quotaPerItem} is negative or not a number
   */
  public PolicyInput {
    if (!(quotaPerItem >= 0)) {
      throw new IllegalArgumentException(
          "quotaPerItem is " + quotaPerItem + "; it must be 0 or more");
    }
  }
}
