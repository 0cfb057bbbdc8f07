package dev.backfill.core.manager;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.store.Pruned;
import dev.backfill.core.Retention;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daily pruning, in one of all managers, and only beside other work. */
final class Pruning {

  private static final Logger LOG = LoggerFactory.getLogger(Pruning.class);

  private static final Duration EVERY = Duration.ofDays(1);

  /** The interval at which this manager asks the store if it is its turn. */
  private static final Duration CLAIM_INTERVAL = Duration.ofHours(1);

  private final JobUpdater updater;
  private final @Nullable Duration retention;
  private @Nullable Long lastClaimNanos;

  Pruning(JobUpdater updater, @Nullable Duration retention) {
    this.updater = updater;
    this.retention = retention;
  }

  /** Prunes if it is due. A failure does not end the manager: the next day tries again. */
  synchronized void whenDue(BooleanSupplier stop) {
    long now = updater.environment().time().nanoTime();
    Long before = lastClaimNanos;
    if (retention == null || before != null && now - before < CLAIM_INTERVAL.toNanos()) {
      return;
    }
    lastClaimNanos = now;
    try {
      if (updater.progress().claimPruning(EVERY)) {
        Pruned pruned = new Retention(updater.progress(), updater.jobs()).prune(retention, stop);
        LOG.info("Removed {} row(s) older than {}: {}", pruned.rows(), retention, pruned);
      }
    } catch (BackfillException e) {
      LOG.warn("Old rows could not be removed. They stay until the next try.", e);
    }
  }
}
