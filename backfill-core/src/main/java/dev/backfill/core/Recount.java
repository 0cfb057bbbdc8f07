package dev.backfill.core;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Phase;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.Lease;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the counters of a history that was read to its end in agreement with the rows. Rows can be
 * removed, or written by others, and an item can be passed twice: what commits add up then drifts.
 */
final class Recount<T> {

  private static final Logger LOG = LoggerFactory.getLogger(Recount.class);

  private final EngineParts engine;
  private final Lease lease;
  private final Attempts attempts;
  private final Reconciliation<T> reconciliation;
  private boolean isCaughtUpFromRows;

  Recount(EngineParts engine, Lease lease, Attempts attempts, Reconciliation<T> reconciliation) {
    this.engine = engine;
    this.lease = lease;
    this.attempts = attempts;
    this.reconciliation = reconciliation;
  }

  /** Counts items that are stored or in quarantine; null where the sink cannot. */
  @Nullable Long count(Journey at) throws InterruptedException {
    return attempts.<@Nullable Long>untilItWorks(() -> reconciliation.counted(at), lease);
  }

  /** Corrects the counters where they are not what was counted. */
  void correct(Journey journey, @Nullable Long stored) throws InterruptedException {
    Backfill.Counters counters = journey.counters();
    boolean agrees = stored == null || stored == counters.processed();
    if (!agrees || counters.quarantined() > 0) {
      OptionalLong seen = stored == null ? OptionalLong.empty() : OptionalLong.of(stored);
      journey.counted(attempts.untilItWorks(() -> engine.store().recount(lease, seen), lease));
    }
  }

  /** Items of a catch-up add to what is there, not to what was there once. */
  void beforeCatchUp(Chunk<T> chunk, Journey journey) throws InterruptedException {
    if (chunk.phase() == Phase.CATCH_UP && chunk.size() > 0 && !isCaughtUpFromRows) {
      isCaughtUpFromRows = true;
      correct(journey, count(journey));
    }
  }

  /** Corrects the counters at the end of a slice, if that works at once: the next one can, too. */
  void atTheEnd(Journey journey) {
    try {
      Long stored = reconciliation.counted(journey);
      if (stored != null && stored != journey.counters().processed()) {
        journey.counted(engine.store().recount(lease, OptionalLong.of(stored)));
      }
    } catch (BackfillException e) {
      LOG.debug("The counters of backfill {} were not corrected", lease.backfill().value(), e);
    }
  }
}
