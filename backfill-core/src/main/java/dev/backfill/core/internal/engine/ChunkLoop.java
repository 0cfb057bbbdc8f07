package dev.backfill.core.internal.engine;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.policy.PolicyInput;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.core.internal.lease.LeaseKeeper;
import dev.backfill.core.run.BackfillSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loop of a slice: decides on a chunk, fetches it and commits it, until a task ends. */
final class ChunkLoop<T> {

  private static final Logger LOG = LoggerFactory.getLogger(ChunkLoop.class);

  private final EngineContext engine;
  private final BackfillSpec<T> job;
  private final LeaseKeeper keeper;
  private final Retrier retrier;
  private final WorkClock work;
  private final SliceBudget budget;
  private final SliceWaits waits;
  private final ChunkWriter<T> writer;
  private final Recount<T> recount;
  private final SliceProgress progress;
  private final SliceEvents events;
  private boolean prepared;

  ChunkLoop(
      EngineContext engine,
      BackfillSpec<T> job,
      LeaseKeeper keeper,
      Retrier retrier,
      WorkClock work,
      SliceBudget budget,
      SliceWaits waits,
      ChunkWriter<T> writer,
      Recount<T> recount,
      SliceProgress progress,
      SliceEvents events) {
    this.engine = engine;
    this.job = job;
    this.keeper = keeper;
    this.retrier = retrier;
    this.work = work;
    this.budget = budget;
    this.waits = waits;
    this.writer = writer;
    this.recount = recount;
    this.progress = progress;
    this.events = events;
  }

  /** Reads a task until it ends. */
  LoopEnd run(SliceTask<T> task) throws InterruptedException {
    budget.begin(progress.counts());
    try (SourceSession<T> session = task.open(progress.backfill())) {
      LoopEnd end;
      do {
        end = step(task, session);
      } while (end == null);
      return end;
    }
  }

  /** Runs one round of the loop. Returns null if another round follows. */
  private @Nullable LoopEnd step(SliceTask<T> task, SourceSession<T> session)
      throws InterruptedException {
    if (!keeper.status().isClaimable()) {
      // The store carries the request out, unless it was taken back meanwhile.
      return new LoopEnd.Steered();
    }
    if (engine.stop().isSet() || budget.isUsedUp(progress.counts())) {
      return new LoopEnd.Suspended(LeaseRelease.moreToDo());
    }
    if (!retrier.call(task::advance)) {
      return finished(session);
    }
    if (!prepared && session.quota() == null) {
      try {
        retrier.callInterruptibly(() -> prepare(session));
      } catch (RateLimitedException e) {
        return waits.waitUntil(e.until(), Retrier.message(e));
      }
    }
    if (!prepared) {
      rememberEarlierSlices(session);
      prepared = true;
    }
    Decision decision = decide(session);
    if (decision instanceof Decision.Wait wait) {
      return waits.waitUntil(wait.until(), wait.reason());
    }
    return store(session, (Decision.Proceed) decision);
  }

  private static <T> boolean prepare(SourceSession<T> session) throws InterruptedException {
    session.prepare();
    return true;
  }

  private void rememberEarlierSlices(SourceSession<T> session) throws InterruptedException {
    progress.rememberAll(retrier.call(() -> latestChunks(session.total())));
    progress.failedBefore(progress.backfill().consecutiveFailures(), () -> decide(session));
  }

  /** Reads the latest chunks, or those of a similar backfill while this one has none. */
  private List<CommittedChunk> latestChunks(Total stated) {
    Backfill backfill = progress.backfill();
    long next = backfill.nextChunkNumber();
    int max = PolicyInput.MAX_RECENT;
    return next > 1
        ? engine.store().chunks(backfill.id(), Math.max(1, next - max), max)
        : engine
            .store()
            .similarChunks(
                backfill.id(), stated.isKnown() ? stated : backfill.counters().total(), max);
  }

  private Decision decide(SourceSession<T> session) {
    progress.quota(session.quota());
    return engine.policy().decide(progress.policyInput(engine.time().now()));
  }

  /** Fetches a chunk and stores it. Returns null if another round follows. */
  private @Nullable LoopEnd store(SourceSession<T> session, Decision.Proceed decision)
      throws InterruptedException {
    Fetch fetch = new Fetch(session, decision);
    Chunk<T> chunk;
    try {
      chunk = retrier.callInterruptibly(fetch::attempt);
    } catch (RateLimitedException e) {
      progress.quota(session.quota());
      return waits.waitUntil(e.until(), Retrier.message(e));
    }
    progress.quota(session.quota());
    readMode(session.readMode());
    if (chunk.size() == 0 && chunk.next().equals(progress.cursor())) {
      progress.passed(chunk);
      requireMovement(chunk);
      return chunk.last() ? finished(session) : null;
    }
    BackfillStatus status = commit(chunk, fetch.decision, session.total());
    if (chunk.last()) {
      return finished(session);
    }
    return status.isClaimable() ? null : new LoopEnd.Steered();
  }

  private static LoopEnd finished(SourceSession<?> session) {
    return new LoopEnd.Finished(session.total(), session.completeness(), null);
  }

  /** The end of a retry or of a verification is the end of its keys, not of the source. */
  private void requireMovement(Chunk<T> chunk) {
    if (!chunk.last() && chunk.phase() != Phase.RETRY && chunk.phase() != Phase.VERIFY) {
      throw new IllegalStateException(
          "the source " + job.source().name() + " returned no items and did not move its cursor");
    }
  }

  private void readMode(String readMode) {
    if (!readMode.equals(progress.readMode()) && !readMode.isEmpty()) {
      LOG.info("{} now reads {}", job.key(), readMode);
    }
    progress.readMode(readMode);
  }

  private BackfillStatus commit(Chunk<T> chunk, Decision.Proceed decision, Total stated)
      throws InterruptedException {
    // Before the lap ends: the time of a renewal here belongs to this chunk.
    keeper.status();
    Instant startedAt = work.lapStartedAt();
    Duration active = work.lap();
    recount.beforeCatchUp(chunk, progress);
    Total total = progress.totalAfter(chunk, stated);
    Quota quota = progress.quota();
    ChunkCommit<T> commit =
        new ChunkCommit<>(
            progress.nextChunkNumber(),
            writer.attemptId(),
            progress.cursor(),
            chunk,
            progress.stored(decision),
            quota == null ? null : quota.remaining(),
            active,
            startedAt,
            total,
            writer.keysInQuarantine(chunk.items(), progress.counters()));
    ChunkWriter.Written<T> written = writer.write(commit, progress.counters());
    CommitResult result = written.result();
    progress.committed(written.chunk(), decision, result, active);
    engine.commits().increment();
    events.committed(written.chunk(), commit.number(), result, active);
    return result.status();
  }

  /** Attempts to fetch one chunk. */
  private final class Fetch {

    private final SourceSession<T> session;
    private Decision.Proceed decision;

    Fetch(SourceSession<T> session, Decision.Proceed decision) {
      this.session = session;
      this.decision = decision;
    }

    /**
     * Fetches the chunk. After a failure the policy decides again, since a smaller one may work.
     */
    Chunk<T> attempt() throws InterruptedException {
      try {
        return session.next(decision.chunkSize(), decision.reserve());
      } catch (TransientFailureException e) {
        progress.failed(decision, work.sinceLap());
        if (decide(session) instanceof Decision.Proceed other) {
          decision = other;
        }
        throw e;
      }
    }
  }
}
