package dev.backfill.core;

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
import dev.backfill.api.source.Pull;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.Release;
import dev.backfill.core.SliceResult.StopReason;
import dev.backfill.core.internal.LeaseKeeper;
import dev.backfill.core.internal.LeaseWatch;
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
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(50);

  private final EngineParts engine;
  private final BackfillJob<T> job;
  private final Ending finish = this::finished;
  private Errand<T> errand;
  private final SliceLimits limits;
  private final WorkClock work;
  private final SliceAllowance allowance;
  private final Attempts attempts;
  private final SliceStop stop;
  private final Lease lease;
  private final LeaseKeeper keeper;
  private final ChunkWriter<T> writer;
  private final Recount<T> recount;
  private Backfill claimed;
  private Journey journey;
  private SliceCounts counts = SliceCounts.NONE;
  private boolean prepared;
  private boolean recovering;
  private Total stated = Total.UNKNOWN;
  private Completeness completeness = Completeness.WHOLE;
  private Decision.Proceed asked = new Decision.Proceed(1, 0, "nothing is asked for yet");
  private @Nullable Long counted;
  private String reading = "";

  ChunkLoop(
      EngineParts engine,
      BackfillJob<T> job,
      Errand<T> errand,
      SliceLimits limits,
      WorkClock work,
      Claim.Granted granted,
      long askedNanos) {
    this.engine = engine;
    this.job = job;
    this.errand = errand;
    this.limits = limits;
    this.work = work;
    this.allowance = new SliceAllowance(limits, work);
    this.stop = SliceStop.of(engine.stop());
    this.attempts = new Attempts(engine, job.key(), work, stop);
    this.lease = granted.lease();
    LeaseWatch watch = new LeaseWatch(lease, engine.time(), askedNanos, stop.slice());
    this.keeper = new LeaseKeeper(engine.store(), lease, watch, engine.time());
    this.writer = new ChunkWriter<>(engine, job, lease, keeper, attempts);
    this.claimed = granted.backfill();
    this.recount =
        new Recount<>(engine, lease, attempts, new Reconciliation<>(job, engine.store(), claimed));
    this.journey = errand.begin(claimed);
    this.recovering = claimed.state().consecutiveFailures() > 0;
  }

  SliceResult run() throws InterruptedException {
    Ending ending;
    keeper.start(engine.ambience().timers());
    try (keeper) {
      ending = untilAnEnding();
    }
    return ending.finish();
  }

  private Ending untilAnEnding() throws InterruptedException {
    try {
      rewindWhereTheSourceAsksFor();
      allowance.begin(counts);
      publish(
          new BackfillEvent.SliceStarted(
              job.key(), engine.time().now(), lease.owner(), journey.progress()));
      Ending ending = read();
      return ending == finish && errand.verifying() != Errand.Verifying.NOT ? verified() : ending;
    } catch (LeaseLostException e) {
      return () -> leaseLost(e);
    } catch (RateLimitedException e) {
      // Wherever a source meets it, a limit is a wait.
      return () -> interruptedBy(Release.waiting(soonest(e.until()), Attempts.message(e)));
    } catch (BackfillException e) {
      return () -> failed(e);
    } catch (InterruptedException e) {
      return this::interrupted;
    } catch (RuntimeException e) {
      return () -> failed(unexpected(e));
    }
  }

  /** Goes on until the errand ends. */
  private Ending read() throws InterruptedException {
    try (Pull<T> pull = errand.open(claimed)) {
      while (true) {
        Ending ending = step(pull);
        stated = pull.total();
        if (ending == finish) {
          completeness = completeness.and(pull.completeness());
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
    Journey history = journey;
    Long stored = recount.count(journey);
    boolean nothingWasNew =
        counts.items() == 0
            && !attempts.untilItWorks(reconciliation::hasStoredSinceCompletion, lease);
    boolean inFull = errand.verifying() == Errand.Verifying.IN_FULL;
    Optional<VerificationPull<T>> verification =
        inFull || reconciliation.isOpen(history, stated, nothingWasNew, stored)
            ? reconciliation.open(history, inFull ? null : stored, stated)
            : Optional.empty();
    if (inFull && (verification.isEmpty() || stored == null)) {
      LOG.warn(
          "{}: the source cannot list its items, or the sink cannot tell which it has, so nothing"
              + " was compared.",
          job.key());
    }
    if (verification.isPresent()) {
      recount.correct(journey, stored);
      errand = new Errand.Verification<>(verification.get());
      journey = history.verifying(claimed.position().verified());
      allowance.begin(counts);
      LOG.info("{}: comparing what is stored with what the source lists.", job.key());
      Ending ending = read();
      if (ending != finish) {
        return ending;
      }
      stored = recount.count(journey);
    }
    recount.correct(journey, stored);
    counted = stored == null ? Long.valueOf(journey.counters().processed()) : stored;
    completeness = completeness.and(reconciliation.remark(verification.orElse(null), stored));
    if (inFull || reconciliation.isWorthComparing(nothingWasNew)) {
      completeness =
          completeness.and(attempts.untilItWorks(() -> reconciliation.difference(history), lease));
    }
    return finish;
  }

  /** A slice that ends past the history leaves counters that agree with the rows. */
  private void recountPastTheHistory() {
    if (counts.chunks() > 0 && (journey.isPastHistory() || errand.isPastHistory())) {
      recount.atTheEnd(journey);
    }
  }

  private void rewindWhereTheSourceAsksFor() throws InterruptedException {
    if (!errand.resumes(journey.cursor())) {
      LOG.info(
          "{}: the source now brings more for each item; reading the history from its start.",
          job.key());
      claimed = attempts.untilItWorks(() -> engine.store().rewind(lease), lease);
      journey = errand.begin(claimed);
    }
  }

  /** One round of the loop: null to go on, or how the slice ends. */
  private @Nullable Ending step(Pull<T> pull) throws InterruptedException {
    BackfillStatus asked = keeper.status();
    if (!asked.isClaimable()) {
      // The store carries the request out, unless it was taken back meanwhile.
      return () -> released(Release.moreToDo());
    }
    if (engine.stop().isSet() || allowance.isUsedUp(counts)) {
      return () -> interruptedBy(Release.moreToDo());
    }
    if (!attempts.untilItWorks(errand::advance, lease)) {
      return finish;
    }
    if (!prepared && pull.quota() == null) {
      try {
        attempts.untilItWorks(() -> stop.interruptibly(() -> prepare(pull)), lease);
      } catch (RateLimitedException e) {
        return waitUntil(e.until(), Attempts.message(e));
      }
    }
    if (!prepared) {
      Profile profile = new Profile(engine.store(), claimed, pull.total());
      journey.learn(attempts.untilItWorks(profile::samples, lease));
      journey.failedBefore(claimed.state().consecutiveFailures(), () -> decide(pull));
    }
    prepared = true;
    Decision decision = decide(pull);
    if (decision instanceof Decision.Wait wait) {
      return waitUntil(wait.until(), wait.reason());
    }
    return bring(pull, (Decision.Proceed) decision);
  }

  private Decision decide(Pull<T> pull) {
    journey.quota(pull.quota());
    return engine.rules().policy().decide(journey.policyInput(engine.time().now()));
  }

  private static <T> boolean prepare(Pull<T> pull) throws InterruptedException {
    pull.prepare();
    return true;
  }

  private @Nullable Ending bring(Pull<T> pull, Decision.Proceed wanted)
      throws InterruptedException {
    Chunk<T> chunk;
    asked = wanted;
    try {
      chunk = attempts.untilItWorks(() -> stop.interruptibly(() -> next(pull)), lease);
    } catch (RateLimitedException e) {
      journey.quota(pull.quota());
      return waitUntil(e.until(), Attempts.message(e));
    }
    journey.quota(pull.quota());
    listen(pull.reading());
    boolean moved = !chunk.next().equals(journey.cursor());
    if (chunk.size() > 0 || moved) {
      BackfillStatus status = commit(chunk, asked, pull.total());
      if (chunk.last()) {
        return finish;
      }
      return status.isClaimable() ? null : () -> released(Release.moreToDo());
    }
    counts = counts.plus(SliceCounts.unstored(chunk));
    if (!chunk.last() && chunk.phase() != Phase.RETRY && chunk.phase() != Phase.VERIFY) {
      throw new IllegalStateException(
          "the source " + job.source().name() + " brought nothing and did not move its cursor");
    }
    return chunk.last() ? finish : null;
  }

  /** What fails is asked for again as the policy then wants it, since less may work. */
  private Chunk<T> next(Pull<T> pull) throws InterruptedException {
    try {
      return pull.next(asked.chunkSize(), asked.reserve());
    } catch (TransientFailureException e) {
      journey.failed(asked, work.sinceLap());
      if (decide(pull) instanceof Decision.Proceed other) {
        asked = other;
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
    recount.beforeCatchUp(chunk, journey);
    Total total = journey.totalAfter(chunk, stated);
    ChunkCommit<T> commit =
        new ChunkCommit<>(
            journey.nextChunkNumber(),
            writer.attemptId(),
            journey.cursor(),
            chunk,
            journey.measures(decision, reading, chunk.quotaSpent(), active, startedAt),
            total,
            keysWhereNeeded(chunk));
    ChunkWriter.Written<T> written = writer.write(commit, journey.counters());
    CommitResult result = written.result();
    journey.committed(written.chunk(), decision, result.counters(), active);
    engine.ambience().commits().increment();
    counts = counts.plus(SliceCounts.of(written.chunk(), result.counts()));
    tell(written.chunk(), commit.number(), result);
    return result.status();
  }

  /** Whether the source has changed how it reads, and there is something to say about it. */
  private void listen(String text) {
    if (!text.equals(reading) && !text.isEmpty()) {
      LOG.info("{} now reads {}", job.key(), text);
      publish(new BackfillEvent.ReadingChanged(job.key(), engine.time().now(), text));
    }
    reading = text;
  }

  private List<String> keysWhereNeeded(Chunk<T> chunk) {
    return journey.quarantined() == 0
        ? List.of()
        : chunk.items().stream().map(job.source()::itemKey).toList();
  }

  private void tell(Chunk<T> chunk, long number, CommitResult result) {
    Instant now = engine.time().now();
    publish(
        new BackfillEvent.ChunkCommitted(
            job.key(), now, number, chunk.size(), result.counts(), journey.progress()));
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
    Instant until = soonest(stated);
    Duration wait = Duration.between(now, until);
    if (wait.compareTo(SHORTEST_WAIT) < 0) {
      wait = SHORTEST_WAIT;
    }
    LOG.info("{} waits until {}: {}", job.key(), until.truncatedTo(ChronoUnit.SECONDS), reason);
    publish(
        new BackfillEvent.Waiting(
            job.key(), now, until, reason, journey.progress(new Eta.BlockedUntil(until, reason))));
    if (wait.compareTo(limits.maxWait()) > 0) {
      return () -> interruptedBy(Release.waiting(until, reason));
    }
    Duration delay = wait;
    stop.interruptibly(
        () -> {
          work.sleep(delay);
          return delay;
        });
    return null;
  }

  /** No wait counts for longer than the store lets it count. */
  private Instant soonest(Instant stated) {
    Instant longest = engine.time().now().plus(Backfill.Waiting.LONGEST);
    return stated.isAfter(longest) ? longest : stated;
  }

  private SliceResult finished() throws InterruptedException {
    if (errand.isPastHistory()) {
      recountPastTheHistory();
    }
    Release release = errand.finished(journey, completeness);
    return released(
        release.status().isCompleted()
            ? Release.completed(release.status(), counted, release.note())
            : release,
        null,
        true);
  }

  /** Nothing but the errand's own limits ends it here. */
  private SliceResult interruptedBy(Release usual) throws InterruptedException {
    recountPastTheHistory();
    return released(errand.interrupted(usual, journey), usual.waiting(), false);
  }

  private SliceResult released(Release release) throws InterruptedException {
    recountPastTheHistory();
    return released(release, null, false);
  }

  /** Gives the lease back, and says how things stand by what the store then holds. */
  private SliceResult released(Release release, Backfill.@Nullable Waiting wait, boolean isFinished)
      throws InterruptedException {
    Backfill backfill;
    try {
      backfill = giveBack(release);
    } catch (LeaseLostException e) {
      return leaseLost(e);
    } catch (BackfillException e) {
      return failed(e);
    } catch (InterruptedException e) {
      // A stop during the pause between two attempts: the lease then ends by itself.
      return new SliceResult.ContinueNow(claimed, counts);
    }
    BackfillStatus status = backfill.state().status();
    journey.counted(backfill.counters());
    ended(status, null);
    if (isFinished && errand.isDone(status)) {
      recovered();
      return new SliceResult.Done(backfill, counts);
    }
    if (!status.isClaimable()) {
      return Endings.stoppedByPerson(backfill, counts);
    }
    // A history that was complete is left so, and does not keep the wait.
    Backfill.Waiting waiting = status.isCompleted() ? wait : backfill.state().waiting();
    if (waiting != null) {
      return new SliceResult.ContinueAt(backfill, counts, waiting.until(), waiting.reason());
    }
    return new SliceResult.ContinueNow(backfill, counts);
  }

  /** A release whose answer was lost has been carried out when nobody holds the lease now. */
  private Backfill giveBack(Release release) throws InterruptedException {
    // Not what was noticed, only the engine's stop ends this.
    Attempts patient = new Attempts(engine, job.key(), work, SliceStop.of(engine.stop()));
    try {
      return patient.untilItWorks(() -> engine.store().release(lease, release), lease);
    } catch (LeaseLostException e) {
      if (patient.failed() == 0) {
        throw e;
      }
      Backfill left = patient.untilItWorks(() -> engine.store().get(lease.backfill()), null);
      if (left.holder() != null) {
        throw e;
      }
      return left;
    }
  }

  private SliceResult interrupted() throws InterruptedException {
    if (stop.slice().isSet()) {
      return noticed();
    }
    boolean asked = engine.stop().isSet();
    SliceResult result = interruptedBy(Release.moreToDo());
    if (!asked) {
      throw new InterruptedException(job.key() + " was interrupted; its lease was given back");
    }
    return result;
  }

  /** A person's request, which the store carries out at the release, or the loss of the lease. */
  private SliceResult noticed() throws InterruptedException {
    try {
      keeper.status();
    } catch (LeaseLostException e) {
      return leaseLost(e);
    }
    return released(Release.moreToDo());
  }

  private SliceResult leaseLost(LeaseLostException e) {
    LOG.warn("{}: {}", job.key(), e.getMessage());
    ended(BackfillStatus.RUNNING, Attempts.message(e));
    return new SliceResult.Stopped(claimed, counts, StopReason.LEASE_LOST, Attempts.message(e), e);
  }

  private SliceResult failed(BackfillException e) {
    int failedAttempts = Math.max(1, attempts.failed());
    Backfill backfill = claimed;
    Release release = errand.interrupted(Release.failed(Attempts.message(e)), journey);
    try {
      backfill = engine.store().release(lease, release);
    } catch (BackfillException unreleased) {
      LOG.warn(
          "{}: the failure could not be stored; the lease ends by itself: {}",
          job.key(),
          unreleased.getMessage());
      e.addSuppressed(unreleased);
    }
    ended(release.status(), Attempts.message(e));
    reporting(
        () ->
            engine
                .observers()
                .reporter()
                .failed(engine.report(job.key(), e, journey, failedAttempts)));
    return new SliceResult.Stopped(backfill, counts, StopReason.FAILED, Attempts.message(e), e);
  }

  private BackfillException unexpected(RuntimeException e) {
    return new PermanentFailureException(
        PermanentFailureException.Reason.UNEXPECTED,
        String.format(
            Locale.ROOT,
            "%s stopped before chunk %d because of a mistake in the program (%s); everything before"
                + " it is stored, and the next run goes on there.",
            job.key(),
            journey.nextChunkNumber(),
            e),
        e);
  }

  private void ended(BackfillStatus status, @Nullable String error) {
    Eta eta = status.isCompleted() ? new Eta.Done() : journey.progress().eta();
    publish(
        new BackfillEvent.SliceEnded(
            job.key(), engine.time().now(), status, error, journey.progress(eta)));
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
