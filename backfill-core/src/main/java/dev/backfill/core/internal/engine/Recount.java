package dev.backfill.core.internal.engine;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.Phase;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.core.run.BackfillSpec;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Correction of a history's counters by a count of the rows. The sums of commits drift from the
 * rows: rows are removed, others write rows, and an item can be passed twice.
 */
final class Recount<T> {

  private static final Logger LOG = LoggerFactory.getLogger(Recount.class);

  private final BackfillSpec<T> job;
  private final ProgressStore store;
  private final Lease lease;
  private final Retrier retrier;
  private boolean isCaughtUpFromRows;

  Recount(BackfillSpec<T> job, ProgressStore store, Lease lease, Retrier retrier) {
    this.job = job;
    this.store = store;
    this.lease = lease;
    this.retrier = retrier;
  }

  /** Counts items that are stored or in quarantine; null if the sink cannot count. */
  @Nullable Long count(SliceProgress progress) throws InterruptedException {
    return retrier.<@Nullable Long>call(() -> countOnce(progress));
  }

  private @Nullable Long countOnce(SliceProgress progress) {
    Optional<KeyListing> listing =
        job.source().listKeys(job.target(), progress.cursor(), Cursor.START);
    if (listing.isEmpty()) {
      return null;
    }
    try (KeyListing keys = listing.get()) {
      String scope = keys.scope();
      OptionalLong known =
          scope == null
              ? OptionalLong.empty()
              : store.countKnown(lease.backfill(), job.sink(), scope);
      return known.isEmpty() ? null : Long.valueOf(known.getAsLong());
    }
  }

  /** Corrects the counters if they differ from the count. */
  void correct(SliceProgress progress, @Nullable Long stored) throws InterruptedException {
    Backfill.Counters counters = progress.counters();
    boolean agrees = stored == null || stored == counters.processed();
    if (!agrees || counters.quarantined() > 0) {
      OptionalLong seen = stored == null ? OptionalLong.empty() : OptionalLong.of(stored);
      progress.counted(retrier.call(() -> store.recount(lease, seen)));
    }
  }

  /** Corrects the counters before the first items of a catch-up, which add to them. */
  void beforeCatchUp(Chunk<T> chunk, SliceProgress progress) throws InterruptedException {
    if (chunk.phase() == Phase.CATCH_UP && chunk.size() > 0 && !isCaughtUpFromRows) {
      isCaughtUpFromRows = true;
      correct(progress, count(progress));
    }
  }

  /** Corrects the counters at the end of a slice, in one attempt: the next slice can do it, too. */
  void atTheEnd(SliceProgress progress) {
    try {
      Long stored = countOnce(progress);
      if (stored != null && stored != progress.counters().processed()) {
        progress.counted(store.recount(lease, OptionalLong.of(stored)));
      }
    } catch (BackfillException e) {
      LOG.debug("The counters of backfill {} were not corrected", lease.backfill().value(), e);
    }
  }
}
