package dev.backfill.core.internal.engine;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.core.internal.lease.LeaseKeeper;
import dev.backfill.core.run.BackfillSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writer of chunks under a lease. It repeats an attempt whose outcome is unknown. Items that the
 * store refuses for their data go to quarantine, within the failure budget.
 */
final class ChunkWriter<T> {

  private static final Logger LOG = LoggerFactory.getLogger(ChunkWriter.class);

  /** Writes of others can make the store refuse what it has just accepted, but not for ever. */
  private static final int MAX_ISOLATIONS = 3;

  private static final int PAGE = 500;

  private final EngineContext engine;
  private final BackfillSpec<T> job;
  private final Lease lease;
  private final LeaseKeeper keeper;
  private final Retrier retrier;

  ChunkWriter(
      EngineContext engine, BackfillSpec<T> job, Lease lease, LeaseKeeper keeper, Retrier retrier) {
    this.engine = engine;
    this.job = job;
    this.lease = lease;
    this.keeper = keeper;
    this.retrier = retrier;
  }

  /** Chunk that was committed, without the items that the store refused. */
  record Written<T>(Chunk<T> chunk, CommitResult result) {}

  /** Commits a chunk without the items that the store refuses. These go to quarantine with it. */
  Written<T> write(ChunkCommit<T> commit, Backfill.Counters before) throws InterruptedException {
    ChunkCommit<T> next = commit;
    for (int isolations = 0; ; isolations++) {
      requireBudget(next.chunk(), before);
      try {
        ChunkCommit<T> attempt = next;
        CommitResult result = retrier.call(() -> commit(attempt));
        return new Written<>(attempt.chunk(), result);
      } catch (PoisonItemException e) {
        if (isolations == MAX_ISOLATIONS) {
          throw e;
        }
        next = withoutPoison(next, before);
      }
    }
  }

  /** Commits under a lease that is certain. Each commit renews the lease. */
  private CommitResult commit(ChunkCommit<T> attempt) {
    keeper.status();
    long requested = engine.time().nanoTime();
    CommitResult result =
        keeper.undisturbed(() -> engine.store().commit(lease, attempt, job.sink()));
    keeper.confirmed(requested, result.status());
    return result;
  }

  private ChunkCommit<T> withoutPoison(ChunkCommit<T> refused, Backfill.Counters before)
      throws InterruptedException {
    Chunk<T> chunk = refused.chunk();
    PoisonItemIsolator.Outcome<T> outcome =
        PoisonItemIsolator.of(chunk.items(), job.source(), this::tryWrite);
    LOG.warn(
        "{}: the store refuses {} of the {} item(s) of chunk {}; they go to quarantine.",
        job.key(),
        outcome.rejected().size(),
        chunk.items().size(),
        refused.number());
    List<RejectedItem> rejected = new ArrayList<>(chunk.rejected());
    rejected.addAll(outcome.rejected());
    return refused
        .withAttemptId(attemptId())
        .withChunk(chunk.withItems(outcome.accepted()).withRejected(rejected))
        .withItemKeys(keysInQuarantine(outcome.accepted(), before));
  }

  /** Returns the keys of items that the quarantine may contain: none while it is empty. */
  List<String> keysInQuarantine(List<T> items, Backfill.Counters before) {
    return before.quarantined() == 0
        ? List.of()
        : items.stream().map(job.source()::itemKey).toList();
  }

  private void tryWrite(List<T> items) throws InterruptedException {
    retrier.call(
        () -> {
          keeper.status();
          return keeper.undisturbed(
              () -> {
                engine.store().tryWrite(lease, items, job.sink());
                return true;
              });
        });
  }

  /**
   * Checks the failure budget before the commit. The next run then reads the refused items again,
   * after the cause is removed. A retry is not checked, since its items are in quarantine already.
   */
  private void requireBudget(Chunk<T> chunk, Backfill.Counters before) throws InterruptedException {
    if (chunk.rejected().isEmpty() || chunk.phase() == Phase.RETRY) {
      return;
    }
    long passed = before.processed() + chunk.size();
    if (engine.failureBudget().allows(before.quarantined() + chunk.rejected().size(), passed)) {
      return;
    }
    long quarantined = before.quarantined() + newlyRejected(chunk, before);
    if (!engine.failureBudget().allows(quarantined, passed)) {
      throw new PermanentFailureException(
          Reason.TOO_MANY_REJECTED,
          String.format(
              Locale.ROOT,
              "%s would have %d of %d item(s) in quarantine, more than its failure budget of %d or %s %% (last error: %s). It stopped before this chunk; all chunks before it are stored. Fix the cause or raise the budget, and run it again to continue.",
              job.key(),
              quarantined,
              passed,
              engine.failureBudget().items(),
              percent(engine.failureBudget().share()),
              chunk.rejected().get(chunk.rejected().size() - 1).error()),
          null);
    }
  }

  /** Counts rejected items that are not in quarantine yet. */
  private long newlyRejected(Chunk<T> chunk, Backfill.Counters before) throws InterruptedException {
    if (!chunk.phase().readsAgain() || before.quarantined() == 0) {
      return chunk.rejected().size();
    }
    Set<String> known = new HashSet<>();
    String after = "";
    List<QuarantinedItem> page;
    do {
      String last = after;
      page = retrier.call(() -> engine.store().quarantinedAfter(lease.backfill(), last, PAGE));
      for (QuarantinedItem item : page) {
        known.add(item.item().key());
        after = item.item().key();
      }
    } while (!page.isEmpty());
    return chunk.rejected().stream().filter(item -> !known.contains(item.key())).count();
  }

  private static String percent(double share) {
    return String.valueOf(Math.round(share * 1000) / 10.0).replaceFirst("\\.0$", "");
  }

  /** Returns the id of a new attempt. */
  UUID attemptId() {
    return new UUID(engine.random().nextLong(), engine.random().nextLong());
  }
}
