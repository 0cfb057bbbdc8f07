package dev.backfill.core.internal.engine;

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

  private final EngineContext engine;
  private final Lease lease;
  private final Retrier retrier;
  private final Reconciliation<T> reconciliation;
  private boolean isCaughtUpFromRows;

  Recount(EngineContext engine, Lease lease, Retrier retrier, Reconciliation<T> reconciliation) {
    this.engine = engine;
    this.lease = lease;
    this.retrier = retrier;
    this.reconciliation = reconciliation;
  }

  /** Counts items that are stored or in quarantine; null where the sink cannot. */
  @Nullable Long count(SliceProgress at) throws InterruptedException {
    return retrier.<@Nullable Long>call(() -> reconciliation.counted(at), lease);
  }

  /** Corrects the counters where they are not what was counted. */
  void correct(SliceProgress progress, @Nullable Long stored) throws InterruptedException {
    Backfill.Counters counters = progress.counters();
    boolean agrees = stored == null || stored == counters.processed();
    if (!agrees || counters.quarantined() > 0) {
      OptionalLong seen = stored == null ? OptionalLong.empty() : OptionalLong.of(stored);
      progress.counted(retrier.call(() -> engine.store().recount(lease, seen), lease));
    }
  }

  /** Items of a catch-up add to what is there, not to what was there once. */
  void beforeCatchUp(Chunk<T> chunk, SliceProgress progress) throws InterruptedException {
    if (chunk.phase() == Phase.CATCH_UP && chunk.size() > 0 && !isCaughtUpFromRows) {
      isCaughtUpFromRows = true;
      correct(progress, count(progress));
    }
  }

  /** Corrects the counters at the end of a slice, if that works at once: the next one can, too. */
  void atTheEnd(SliceProgress progress) {
    try {
      Long stored = reconciliation.counted(progress);
      if (stored != null && stored != progress.counters().processed()) {
        progress.counted(engine.store().recount(lease, OptionalLong.of(stored)));
      }
    } catch (BackfillException e) {
      LOG.debug("The counters of backfill {} were not corrected", lease.backfill().value(), e);
    }
  }
}
