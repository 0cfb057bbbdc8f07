package dev.backfill.core.internal.engine;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Completeness;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.core.run.SliceResult.StopReason;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runner of a slice: registers the backfill, claims its lease, and runs the claimed slice. */
public final class SliceRunner<T> {

  private static final Logger LOG = LoggerFactory.getLogger(SliceRunner.class);

  private final EngineContext engine;
  private final BackfillSpec<T> job;
  private final SliceLimits limits;
  private final WorkClock work;
  private long requestedNanos;

  public SliceRunner(EngineContext engine, BackfillSpec<T> job, SliceLimits limits) {
    this.engine = engine;
    this.job = job;
    this.limits = limits;
    this.work = new WorkClock(engine.time());
  }

  public SliceResult run(SliceTask.Verifying verifying) throws InterruptedException {
    Retrier retrier =
        new Retrier(engine, job.key(), null, work, SliceCancellation.of(engine.stop()));
    Backfill backfill = retrier.call(() -> engine.store().register(job.key(), "manual"));
    return run(backfill, retrier, granted -> new SliceTask.History<>(job, verifying));
  }

  /** Reads the quarantine again, if it has items and the source can read single items. */
  public SliceResult retry(QuarantinePages pages) throws InterruptedException {
    Retrier retrier =
        new Retrier(engine, job.key(), null, work, SliceCancellation.of(engine.stop()));
    Backfill backfill =
        retrier.call(() -> engine.store().find(job.key())).orElseThrow(() -> unknown(job.key()));
    try {
      List<String> first = retrier.call(() -> pages.next(engine.store(), backfill.id()));
      if (first.isEmpty()) {
        return new SliceResult.Done(backfill, SliceResult.Counts.NONE);
      }
      // Opened before the claim, so that a refusal leaves the backfill as it is.
      job.source()
          .openByKeys(job.target(), first, backfill.cursor())
          .orElseThrow(() -> QuarantineReader.cannotOpenByKeys(job))
          .close();
    } catch (PermanentFailureException | TransientFailureException e) {
      return failed(backfill, e);
    }
    return run(
        backfill,
        retrier,
        granted ->
            new SliceTask.Retry<>(
                new QuarantineReader<>(job, pages, engine.store(), granted.id(), granted.cursor()),
                // The same place means that no worker has committed since.
                backfill.status().isCompleted() && isAtSamePlace(granted, backfill)
                    ? known(backfill)
                    : null));
  }

  private static boolean isAtSamePlace(Backfill one, Backfill other) {
    return one.nextChunkNumber() == other.nextChunkNumber()
        && one.chunkSize() == other.chunkSize()
        && one.cursor().equals(other.cursor())
        && one.verifyCursor().equals(other.verifyCursor());
  }

  /** Returns the completeness of a history. A note counts as a note on gaps if there are any. */
  private static Completeness known(Backfill complete) {
    String note = complete.note();
    if (note == null) {
      return Completeness.WHOLE;
    }
    return complete.status() == BackfillStatus.COMPLETED_WITH_GAPS
        ? Completeness.withGaps(note)
        : Completeness.whole(note);
  }

  private static SliceResult failed(Backfill backfill, BackfillException e) {
    return new SliceResult.Stopped(
        backfill, SliceResult.Counts.NONE, StopReason.FAILED, Retrier.message(e), e);
  }

  private static InvalidConfigurationException unknown(BackfillKey key) {
    return new InvalidConfigurationException(
        "There is no backfill " + key + " in this store. Nothing was fetched. Run it first.");
  }

  private SliceResult run(Backfill backfill, Retrier retrier, Function<Backfill, SliceTask<T>> task)
      throws InterruptedException {
    Instant until = backfill.waitsUntil();
    Decision.Wait waiting = backfill.waiting();
    if (until != null && waiting != null && engine.time().now().isBefore(until)) {
      publishWait(backfill, new Decision.Wait(until, waiting.reason()));
      return new SliceResult.ContinueAt(backfill, SliceResult.Counts.NONE, until, waiting.reason());
    }
    if (engine.stop().isSet()) {
      return new SliceResult.ContinueNow(backfill, SliceResult.Counts.NONE);
    }
    Claim claim;
    try {
      claim = retrier.call(() -> claim(backfill.id(), retrier.failed() > 0));
    } catch (BackfillException e) {
      return failed(backfill, e);
    }
    if (claim.isGranted()) {
      return new ClaimedSlice<>(
              engine, job, task.apply(claim.backfill()), limits, work, claim, requestedNanos)
          .run();
    }
    return claim.isHeld()
        ? held(claim.backfill())
        : SliceEnd.stoppedByUser(claim.backfill(), SliceResult.Counts.NONE);
  }

  private void publishWait(Backfill backfill, Decision.Wait waiting) {
    LOG.info("{} still waits until {}: {}", job.key(), waiting.until(), waiting.reason());
    new SliceEvents(engine, job.key(), new SliceProgress(backfill))
        .waiting(engine.time().now(), waiting.until(), waiting.reason());
  }

  /** Claims the lease. A repeated claim replaces its own lease, if the answer to it was lost. */
  private Claim claim(BackfillId id, boolean repeated) {
    String self = engine.leaseRequest().owner();
    LeaseRequest request = repeated ? engine.leaseRequest().replacing(self) : engine.leaseRequest();
    requestedNanos = engine.time().nanoTime();
    Claim claim = engine.store().claim(id, request);
    String holder = claim.backfill().holder();
    if (claim.isHeld() && holder != null && engine.machine().knownDead().test(holder)) {
      LOG.info("{}: its last worker, {}, is dead; another worker takes over.", job.key(), holder);
      requestedNanos = engine.time().nanoTime();
      return engine.store().claim(id, request.replacing(holder));
    }
    return claim;
  }

  private SliceResult held(Backfill backfill) {
    String holder = Objects.requireNonNull(backfill.holder(), "a held lease has a holder");
    Instant until = Objects.requireNonNull(backfill.leaseExpiresAt(), "a lease has an end");
    Instant now = engine.time().now();
    LOG.info("{} is held by {} until {}", job.key(), holder, until);
    String reason = holder + " holds the lease";
    engine
        .events()
        .publish(new BackfillEvent.Waiting(job.key(), now, until, reason, 0, holder, null));
    return new SliceResult.Held(backfill, holder, until);
  }
}
