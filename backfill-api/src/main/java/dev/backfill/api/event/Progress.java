package dev.backfill.api.event;

import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a backfill.
 *
 * @param processed items that the cursor has passed; 0 or more
 * @param quarantined items that are in quarantine; 0 or more
 * @param total the number of items of the history, as known now
 * @param itemsPerSecond recent rate of work, waits excluded; 0 while it is being measured
 * @param remaining forecast of the working time that is left, from the recent rate, waits excluded;
 *     0 or more. Null without a forecast: while too few chunks were measured, while the total is
 *     unknown, while items are {@linkplain Phase#readsAgain() read again} (their number shows only
 *     at the end), during a wait, and if the backfill is done
 * @param waitsUntil end of a wait that ends by itself, on the local clock; null when it does not
 *     wait
 * @param done true if nothing is left to do
 * @param quota the quota that is left by the API's last response, or null if no response named one
 * @param phase the present part of its work
 */
public record Progress(
    long processed,
    long quarantined,
    Total total,
    double itemsPerSecond,
    @Nullable Duration remaining,
    @Nullable Instant waitsUntil,
    boolean done,
    @Nullable Quota quota,
    Phase phase) {

  /**
   * Creates the progress of a history that is under way.
   *
   * @param processed items that the cursor has passed; 0 or more
   * @param quarantined items that are in quarantine; 0 or more
   * @param total the number of items of the history, as known now
   * @param itemsPerSecond recent rate of work, waits excluded; 0 while it is being measured
   * @param remaining forecast of the working time that is left; 0 or more, or null without one
   * @param quota the quota that is left by the API's last response, or null if no response named
   *     one
   */
  public Progress(
      long processed,
      long quarantined,
      Total total,
      double itemsPerSecond,
      @Nullable Duration remaining,
      @Nullable Quota quota) {
    this(
        processed,
        quarantined,
        total,
        itemsPerSecond,
        remaining,
        null,
        false,
        quota,
        Phase.HISTORY);
  }

  /**
   * Returns this progress during a wait, which has no forecast.
   *
   * @param until end of the wait, on the local clock
   * @return a progress that has everything else from this one
   */
  public Progress withWaitUntil(Instant until) {
    return new Progress(
        processed, quarantined, total, itemsPerSecond, null, until, false, quota, phase);
  }

  /**
   * Returns this progress when nothing is left to do.
   *
   * @return a progress that has its numbers from this one
   */
  public Progress asDone() {
    return new Progress(
        processed, quarantined, total, itemsPerSecond, null, null, true, quota, phase);
  }

  /**
   * Returns the share that is done, in percent.
   *
   * @return from 0 to 100, and under 100 until it is done; empty if the total is unknown
   */
  public OptionalDouble percent() {
    if (done) {
      return OptionalDouble.of(100);
    }
    if (!total.isKnown()) {
      return OptionalDouble.empty();
    }
    double share = total.count() == 0 ? 0 : 100.0 * processed / total.count();
    return OptionalDouble.of(Math.min(share, 99.9));
  }
}
