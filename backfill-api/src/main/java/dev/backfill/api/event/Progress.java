package dev.backfill.api.event;

import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * How far a backfill is.
 *
 * @param processed items that the cursor has passed; 0 or more
 * @param quarantined items that are in quarantine; 0 or more
 * @param total how many items the history has, as known now
 * @param itemsPerSecond recent rate of work, waits excluded; 0 while it is being measured
 * @param eta when it will be done
 * @param quota what the API last said is left, or null when it said nothing
 * @param phase what part of its work it is in
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
   * Progress in the history itself.
   *
   * @param processed items that the cursor has passed; 0 or more
   * @param quarantined items that are in quarantine; 0 or more
   * @param total how many items the history has, as known now
   * @param itemsPerSecond recent rate of work, waits excluded; 0 while it is being measured
   * @param eta when it will be done
   * @param quota what the API last said is left, or null when it said nothing
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
   * The share that is done.
   *
   * @return from 0 to 100, and under 100 until it is done; empty when the total is unknown
   */
  public OptionalDouble percent() {
    if (eta instanceof Eta.Done) {
      return OptionalDouble.of(100);
    }
    if (!total.isKnown()) {
      return OptionalDouble.empty();
    }
    double share = total.count() == 0 ? 0 : 100.0 * processed / total.count();
    return OptionalDouble.of(Math.min(share, 99.9));
  }
}
