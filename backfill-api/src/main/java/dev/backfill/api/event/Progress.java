package dev.backfill.api.event;

import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a backfill.
 *
 * @param processed items that the cursor has passed; 0 or more
 * @param quarantined items that are in quarantine; 0 or more
 * @param total the number of items of the history, as known now
 * @param itemsPerSecond recent rate of work, waits excluded; 0 while it is being measured
 * @param eta the forecast of its end
 * @param quota the quota that is left by the API's last response, or null if no response named one
 * @param phase the present part of its work
 */
public record Progress(
    long processed,
    long quarantined,
    Total total,
    double itemsPerSecond,
    Eta eta,
    @Nullable Quota quota,
    Phase phase) {

  /**
   * Creates the progress of the history itself.
   *
   * @param processed items that the cursor has passed; 0 or more
   * @param quarantined items that are in quarantine; 0 or more
   * @param total the number of items of the history, as known now
   * @param itemsPerSecond recent rate of work, waits excluded; 0 while it is being measured
   * @param eta the forecast of its end
   * @param quota the quota that is left by the API's last response, or null if no response named
   *     one
   */
  public Progress(
      long processed,
      long quarantined,
      Total total,
      double itemsPerSecond,
      Eta eta,
      @Nullable Quota quota) {
    this(processed, quarantined, total, itemsPerSecond, eta, quota, Phase.HISTORY);
  }

  /**
   * Returns the share that is done, in percent.
   *
   * @return from 0 to 100, and under 100 until it is done; empty if the total is unknown
   */
  public OptionalDouble percent() {
    if (eta == Eta.State.DONE) {
      return OptionalDouble.of(100);
    }
    if (!total.isKnown()) {
      return OptionalDouble.empty();
    }
    double share = total.count() == 0 ? 0 : 100.0 * processed / total.count();
    return OptionalDouble.of(Math.min(share, 99.9));
  }
}
