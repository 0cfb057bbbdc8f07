package dev.backfill.core.internal.engine;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.event.Eta;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.core.internal.lease.LeaseKeeper;
import dev.backfill.core.internal.lease.LeaseWatch;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceCounts;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.core.run.SliceResult.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The chunk loop of a slice whose lease was granted. Used once, by one thread. */
final class ChunkLoop<T> {

  private static final Logger LOG = LoggerFactory.getLogger(ChunkLoop.class);

  /** A decision is not asked for again sooner, so that a wrong clock cannot spin. */
  private static final Duration MIN_WAIT = Duration.ofMillis(50);

  private final EngineContext engine;
  private final BackfillSpec<T> job;
  private final Ending finish = this::finished;
  private SliceTask<T> task;
  private final SliceLimits limits;
  private final WorkClock work;
  private final SliceBudget budget;
  private final Retrier retrier;
  private final SliceCancellation cancellation;
  private final Lease lease;
  private final LeaseKeeper keeper;
  private final ChunkWriter<T> writer;
  private final Recount<T> recount;
  private Backfill claimed;
  private SliceProgress sliceProgress;
  private SliceCounts counts = SliceCounts.NONE;
  private boolean prepared;
  private boolean recovering;
  private Total stated = Total.UNKNOWN;
  private Completeness completeness = Completeness.WHOLE;
  private Decision.Proceed requested = new Decision.Proceed(1, 0, "nothing is asked for yet");
  private @Nullable Long counted;
  private String reading = "";

  ChunkLoop(
      EngineContext engine,
      BackfillSpec<T> job,
      SliceTask<T> task,
      SliceLimits limits,
      WorkClock work,
      Claim.Granted granted,
      long requestedNanos) {
    this.engine = engine;
    this.job = job;
    this.task = task;
    this.limits = limits;
    this.work = work;
    this.budget = new SliceBudget(limits, work);
    this.cancellation = SliceCancellation.of(engine.stop());
    this.retrier = new Retrier(engine, job.key(), work, cancellation);
    this.lease = granted.lease();
    LeaseWatch watch = new LeaseWatch(lease, engine.time(), requestedNanos, cancellation.slice());
    this.keeper = new LeaseKeeper(engine.store(), lease, watch, engine.time());
    this.writer = new ChunkWriter<>(engine, job, lease, keeper, retrier);
    this.claimed = granted.backfill();
    this.recount =
        new Recount<>(engine, lease, retrier, new Reconciliation<>(job, engine.store(), claimed));
    this.sliceProgress = task.begin(claimed);
    this.recovering = claimed.state().consecutiveFailures() > 0;
  }

  SliceResult run() throws InterruptedException {
    Ending ending;
    keeper.start(engine.environment().timers());
    try (keeper) {
      ending = untilAnEnding();
    }
    return ending.finish();
  }

  private Ending untilAnEnding() throws InterruptedException {
    try {
      rewindWhereTheSourceAsksFor();
      budget.begin(counts);
      publish(
          new BackfillEvent.SliceStarted(
              job.key(), engine.time().now(), lease.owner(), sliceProgress.progress()));
      Ending ending = read();
      return ending == finish && task.verifying() != SliceTask.Verifying.NOT ? verified() : ending;
    } catch (LeaseLostException e) {
      return () -> leaseLost(e);
    } catch (RateLimitedException e) {
      // Wherever a source meets it, a limit is a wait.
      return () -> interruptedBy(LeaseRelease.waiting(capped(e.until()), Retrier.message(e)));
    } catch (BackfillException e) {
      return () -> failed(e);
    } catch (InterruptedException e) {
      return this::interrupted;
    } catch (RuntimeException e) {
      return () -> failed(unexpected(e));
    }
  }

  /** Goes on until the task ends. */
  private Ending read() throws InterruptedException {
    try (SourceSession<T> session = task.open(claimed)) {
      while (true) {
        Ending ending = step(session);
        stated = session.total();
        if (ending == finish) {
          completeness = completeness.and(session.completeness());
        }
        if (ending != null) {
          return ending;
        }
      }
    }
  }

  /** Compares with the source what is stored, before the history counts as complete. */
  private Ending verified() throws InterruptedException {
    Reconciliation<T> reconciliation = new Reconciliation<>(job, engine.store(), claimed);
    SliceProgress history = sliceProgress;
    Long stored = recount.count(sliceProgress);
    boolean nothingWasNew =
        counts.items() == 0 && !retrier.call(reconciliation::hasStoredSinceCompletion, lease);
    boolean inFull = task.verifying() == SliceTask.Verifying.IN_FULL;
    boolean listed = !completeness.unavailable();
    Optional<VerificationReader<T>> verification =
        listed && (inFull || reconciliation.isOpen(history, stated, nothingWasNew, stored))
            ? reconciliation.open(history, inFull ? null : stored, stated)
            : Optional.empty();
    if (listed && inFull && (verification.isEmpty() || stored == null)) {
      LOG.warn(
          "{}: the source cannot list its items, or the sink cannot tell which it has, so nothing"
              + " was compared.",
          job.key());
    }
    if (verification.isPresent()) {
      recount.correct(sliceProgress, stored);
      task = new SliceTask.Verification<>(verification.get());
      sliceProgress = history.verifying(claimed.position().verified());
      budget.begin(counts);
      LOG.info("{}: comparing what is stored with what the source lists.", job.key());
      Ending ending = read();
      if (ending != finish) {
        return ending;
      }
      stored = recount.count(sliceProgress);
    }
    recount.correct(sliceProgress, stored);
    counted = stored == null ? Long.valueOf(sliceProgress.counters().processed()) : stored;
    completeness = completeness.and(reconciliation.remark(verification.orElse(null), stored));
    if (completeness.unavailable()) {
      completeness =
          completeness.and(reconciliation.postponed(stored, inFull || verification.isPresent()));
    }
    if (inFull || reconciliation.isWorthComparing(nothingWasNew)) {
      completeness =
          completeness.and(retrier.call(() -> reconciliation.difference(history), lease));
    }
    return finish;
  }

  /** A slice that ends past the history leaves counters that agree with the rows. */
  private void recountPastTheHistory() {
    if (counts.chunks() > 0 && (sliceProgress.isPastHistory() || task.isPastHistory())) {
      recount.atTheEnd(sliceProgress);
    }
  }

  private void rewindWhereTheSourceAsksFor() throws InterruptedException {
    if (!task.canResume(sliceProgress.cursor())) {
      LOG.info(
          "{}: the source now brings more for each item; reading the history from its start.",
          job.key());
      claimed = retrier.call(() -> engine.store().rewind(lease), lease);
      sliceProgress = task.begin(claimed);
    }
  }

  /** One round of the loop: null to go on, or how the slice ends. */
  private @Nullable Ending step(SourceSession<T> session) throws InterruptedException {
    BackfillStatus requested = keeper.status();
    if (!requested.isClaimable()) {
      // The store carries the request out, unless it was taken back meanwhile.
      return () -> released(LeaseRelease.moreToDo());
    }
    if (engine.stop().isSet() || budget.isUsedUp(counts)) {
      return () -> interruptedBy(LeaseRelease.moreToDo());
    }
    if (!retrier.call(task::advance, lease)) {
      return finish;
    }
    if (!prepared && session.quota() == null) {
      try {
        retrier.call(() -> cancellation.interruptibly(() -> prepare(session)), lease);
      } catch (RateLimitedException e) {
        return waitUntil(e.until(), Retrier.message(e));
      }
    }
    if (!prepared) {
      ChunkHistory chunkHistory = new ChunkHistory(engine.store(), claimed, session.total());
      sliceProgress.rememberAll(retrier.call(chunkHistory::samples, lease));
      sliceProgress.failedBefore(claimed.state().consecutiveFailures(), () -> decide(session));
    }
    prepared = true;
    Decision decision = decide(session);
    if (decision instanceof Decision.Wait wait) {
      return waitUntil(wait.until(), wait.reason());
    }
    return fetchChunk(session, (Decision.Proceed) decision);
  }

  private Decision decide(SourceSession<T> session) {
    sliceProgress.quota(session.quota());
    return engine.rules().policy().decide(sliceProgress.policyInput(engine.time().now()));
  }

  private static <T> boolean prepare(SourceSession<T> session) throws InterruptedException {
    session.prepare();
    return true;
  }

  private @Nullable Ending fetchChunk(SourceSession<T> session, Decision.Proceed selected)
      throws InterruptedException {
    Chunk<T> chunk;
    requested = selected;
    try {
      chunk = retrier.call(() -> cancellation.interruptibly(() -> next(session)), lease);
    } catch (RateLimitedException e) {
      sliceProgress.quota(session.quota());
      return waitUntil(e.until(), Retrier.message(e));
    }
    sliceProgress.quota(session.quota());
    publishReadMode(session.readMode());
    boolean moved = !chunk.next().equals(sliceProgress.cursor());
    if (chunk.size() > 0 || moved) {
      BackfillStatus status = commit(chunk, requested, session.total());
      if (chunk.last()) {
        return finish;
      }
      return status.isClaimable() ? null : () -> released(LeaseRelease.moreToDo());
    }
    counts = counts.plus(SliceCounts.unstored(chunk));
    if (!chunk.last() && chunk.phase() != Phase.RETRY && chunk.phase() != Phase.VERIFY) {
      throw new IllegalStateException(
          "the source " + job.source().name() + " brought nothing and did not move its cursor");
    }
    return chunk.last() ? finish : null;
  }

  /** What fails is asked for again as the policy then wants it, since less may work. */
  private Chunk<T> next(SourceSession<T> session) throws InterruptedException {
    try {
      return session.next(requested.chunkSize(), requested.reserve());
    } catch (TransientFailureException e) {
      sliceProgress.failed(requested, work.sinceLap());
      if (decide(session) instanceof Decision.Proceed other) {
        requested = other;
      }
      throw e;
    }
  }

  private BackfillStatus commit(Chunk<T> chunk, Decision.Proceed decision, Total stated)
      throws InterruptedException {
    // Before the lap ends: what a renewal takes here is this chunk's.
    keeper.status();
    Instant startedAt = work.lapStartedAt();
    Duration active = work.lap();
    recount.beforeCatchUp(chunk, sliceProgress);
    Total total = sliceProgress.totalAfter(chunk, stated);
    ChunkCommit<T> commit =
        new ChunkCommit<>(
            sliceProgress.nextChunkNumber(),
            writer.attemptId(),
            sliceProgress.cursor(),
            chunk,
            sliceProgress.measures(decision, reading, chunk.quotaSpent(), active, startedAt),
            total,
            keysWhereNeeded(chunk));
    ChunkWriter.Written<T> written = writer.write(commit, sliceProgress.counters());
    CommitResult result = written.result();
    sliceProgress.committed(written.chunk(), decision, result.counters(), active);
    engine.environment().commits().increment();
    counts = counts.plus(SliceCounts.of(written.chunk(), result.counts()));
    publishCommit(written.chunk(), commit.number(), result);
    return result.status();
  }

  /** Whether the source has changed how it reads, and there is something to say about it. */
  private void publishReadMode(String text) {
    if (!text.equals(reading) && !text.isEmpty()) {
      LOG.info("{} now reads {}", job.key(), text);
      publish(new BackfillEvent.ReadingChanged(job.key(), engine.time().now(), text));
    }
    reading = text;
  }

  private List<String> keysWhereNeeded(Chunk<T> chunk) {
    return sliceProgress.quarantined() == 0
        ? List.of()
        : chunk.items().stream().map(job.source()::itemKey).toList();
  }

  private void publishCommit(Chunk<T> chunk, long number, CommitResult result) {
    Instant now = engine.time().now();
    publish(
        new BackfillEvent.ChunkCommitted(
            job.key(), now, number, chunk.size(), result.counts(), sliceProgress.progress()));
    if (!chunk.rejected().isEmpty()) {
      publish(new BackfillEvent.ItemsQuarantined(job.key(), now, chunk.rejected()));
    }
    recovered();
  }

  private void recovered() {
    if (recovering) {
      recovering = false;
      reporting(() -> engine.observers().reporter().recovered(job.key()));
    }
  }

  /**
   * Waits here when it is short; else leaves a note and the lease, and lets the caller come back.
   */
  private @Nullable Ending waitUntil(Instant stated, String reason) throws InterruptedException {
    Instant now = engine.time().now();
    Instant until = capped(stated);
    Duration wait = Duration.between(now, until);
    if (wait.compareTo(MIN_WAIT) < 0) {
      wait = MIN_WAIT;
    }
    LOG.info("{} waits until {}: {}", job.key(), until.truncatedTo(ChronoUnit.SECONDS), reason);
    publish(
        new BackfillEvent.Waiting(
            job.key(),
            now,
            until,
            reason,
            sliceProgress.progress(new Eta.BlockedUntil(until, reason))));
    if (wait.compareTo(limits.maxWait()) > 0) {
      return () -> interruptedBy(LeaseRelease.waiting(until, reason));
    }
    Duration delay = wait;
    cancellation.interruptibly(
        () -> {
          work.sleep(delay);
          return delay;
        });
    return null;
  }

  /** No wait counts for longer than the store lets it count. */
  private Instant capped(Instant stated) {
    Instant max = engine.time().now().plus(Backfill.Waiting.MAX);
    return stated.isAfter(max) ? max : stated;
  }

  private SliceResult finished() throws InterruptedException {
    if (task.isPastHistory()) {
      recountPastTheHistory();
    }
    LeaseRelease release = task.finished(sliceProgress, completeness);
    return released(
        release.status().isCompleted()
            ? LeaseRelease.completed(release.status(), counted, release.note())
            : release,
        null,
        true);
  }

  /** Nothing but the task's own limits ends it here. */
  private SliceResult interruptedBy(LeaseRelease normal) throws InterruptedException {
    recountPastTheHistory();
    return released(task.interrupted(normal, sliceProgress), normal.waiting(), false);
  }

  private SliceResult released(LeaseRelease release) throws InterruptedException {
    recountPastTheHistory();
    return released(release, null, false);
  }

  /** Gives the lease back, and says how things stand by what the store then holds. */
  private SliceResult released(
      LeaseRelease release, Backfill.@Nullable Waiting wait, boolean isFinished)
      throws InterruptedException {
    Backfill backfill;
    try {
      backfill = release(release);
    } catch (LeaseLostException e) {
      return leaseLost(e);
    } catch (BackfillException e) {
      return failed(e);
    } catch (InterruptedException e) {
      // A stop during the pause between two attempts: the lease then ends by itself.
      return new SliceResult.ContinueNow(claimed, counts);
    }
    BackfillStatus status = backfill.state().status();
    sliceProgress.counted(backfill.counters());
    ended(status, null);
    if (isFinished && task.isDone(status)) {
      recovered();
      return new SliceResult.Done(backfill, counts);
    }
    if (!status.isClaimable()) {
      return StopMessages.stoppedByUser(backfill, counts);
    }
    // A history that was complete is left so, and does not keep the wait.
    Backfill.Waiting waiting = status.isCompleted() ? wait : backfill.state().waiting();
    if (waiting != null) {
      return new SliceResult.ContinueAt(backfill, counts, waiting.until(), waiting.reason());
    }
    return new SliceResult.ContinueNow(backfill, counts);
  }

  /** A release whose answer was lost has been carried out when nobody holds the lease now. */
  private Backfill release(LeaseRelease release) throws InterruptedException {
    // Not what was noticed, only the engine's stop ends this.
    Retrier releasing = new Retrier(engine, job.key(), work, SliceCancellation.of(engine.stop()));
    try {
      return releasing.call(() -> engine.store().release(lease, release), lease);
    } catch (LeaseLostException e) {
      if (releasing.failed() == 0) {
        throw e;
      }
      Backfill remaining = releasing.call(() -> engine.store().get(lease.backfill()), null);
      if (remaining.holder() != null) {
        throw e;
      }
      return remaining;
    }
  }

  private SliceResult interrupted() throws InterruptedException {
    if (cancellation.slice().isSet()) {
      return cancelled();
    }
    boolean requested = engine.stop().isSet();
    SliceResult result = interruptedBy(LeaseRelease.moreToDo());
    if (!requested) {
      throw new InterruptedException(job.key() + " was interrupted; its lease was given back");
    }
    return result;
  }

  /** A person's request, which the store carries out at the release, or the loss of the lease. */
  private SliceResult cancelled() throws InterruptedException {
    try {
      keeper.status();
    } catch (LeaseLostException e) {
      return leaseLost(e);
    }
    return released(LeaseRelease.moreToDo());
  }

  private SliceResult leaseLost(LeaseLostException e) {
    LOG.warn("{}: {}", job.key(), e.getMessage());
    ended(BackfillStatus.RUNNING, Retrier.message(e));
    return new SliceResult.Stopped(claimed, counts, StopReason.LEASE_LOST, Retrier.message(e), e);
  }

  private SliceResult failed(BackfillException e) {
    int failedAttempts = Math.max(1, retrier.failed());
    Backfill backfill = claimed;
    LeaseRelease release = task.interrupted(LeaseRelease.failed(Retrier.message(e)), sliceProgress);
    try {
      backfill = engine.store().release(lease, release);
    } catch (BackfillException unreleased) {
      LOG.warn(
          "{}: the failure could not be stored; the lease ends by itself: {}",
          job.key(),
          unreleased.getMessage());
      e.addSuppressed(unreleased);
    }
    ended(release.status(), Retrier.message(e));
    reporting(
        () ->
            engine
                .observers()
                .reporter()
                .failed(engine.report(job.key(), e, sliceProgress, failedAttempts)));
    return new SliceResult.Stopped(backfill, counts, StopReason.FAILED, Retrier.message(e), e);
  }

  private BackfillException unexpected(RuntimeException e) {
    return new PermanentFailureException(
        PermanentFailureException.Reason.UNEXPECTED,
        String.format(
            Locale.ROOT,
            "%s stopped before chunk %d because of a mistake in the program (%s); everything before"
                + " it is stored, and the next run goes on there.",
            job.key(),
            sliceProgress.nextChunkNumber(),
            e),
        e);
  }

  private void ended(BackfillStatus status, @Nullable String error) {
    Eta eta = status.isCompleted() ? new Eta.Done() : sliceProgress.progress().eta();
    publish(
        new BackfillEvent.SliceEnded(
            job.key(), engine.time().now(), status, error, sliceProgress.progress(eta)));
  }

  private void publish(BackfillEvent event) {
    engine.observers().events().publish(event);
  }

  private void reporting(Runnable report) {
    try {
      report.run();
    } catch (RuntimeException e) {
      LOG.warn("{}: the failure reporter failed; the backfill's result stands.", job.key(), e);
    }
  }

  /** What remains to be done once the lease is no longer renewed. */
  @FunctionalInterface
  private interface Ending {
    SliceResult finish() throws InterruptedException;
  }
}
