package dev.backfill.core.internal.engine;

import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.core.run.SliceCounts;
import dev.backfill.core.run.SliceResult;
import dev.backfill.core.run.SliceResult.StopReason;
import java.util.Locale;

/** The words for the ways in which a slice ends without a failure. */
final class StopMessages {

  private StopMessages() {}

  static SliceResult.Stopped stoppedByUser(Backfill backfill, SliceCounts counts) {
    boolean paused =
        backfill.state().status() == BackfillStatus.PAUSED
            || backfill.state().status() == BackfillStatus.PAUSING;
    String message =
        String.format(
            Locale.ROOT,
            "%s is %s at %d items, which are stored; resume it to go on.",
            backfill.key(),
            paused ? "paused" : "cancelled",
            backfill.counters().processed());
    return new SliceResult.Stopped(
        backfill, counts, paused ? StopReason.PAUSED : StopReason.CANCELLED, message, null);
  }
}
