package dev.backfill.core.internal.engine;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.event.Progress;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.report.FailureReport;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.CommitResult;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Publisher of a slice: events go to the listeners, failures and recoveries to the reporter. */
final class SliceEvents {

  private static final Logger LOG = LoggerFactory.getLogger(SliceEvents.class);

  private final EngineContext engine;
  private final BackfillKey key;
  private final SliceProgress progress;
  private boolean recovering;
  private long publishedQuota;

  SliceEvents(EngineContext engine, BackfillKey key, SliceProgress progress) {
    this.engine = engine;
    this.key = key;
    this.progress = progress;
    this.recovering = progress.backfill().consecutiveFailures() > 0;
  }

  void started() {
    publish(
        new BackfillEvent.SliceStarted(
            key, engine.time().now(), engine.leaseRequest().owner(), progress.progress()));
  }

  void committed(Chunk<?> chunk, long number, CommitResult result, Duration active) {
    publish(
        new BackfillEvent.ChunkCommitted(
            key,
            engine.time().now(),
            number,
            chunk.size(),
            result.counts(),
            chunk.rejected(),
            progress.readMode(),
            active,
            unpublishedQuota(),
            progress.progress()));
    recovered();
  }

  /** Returns the units that no event contains yet. Chunks without items spend quota, too. */
  private long unpublishedQuota() {
    long spent = progress.counts().quotaSpent();
    long units = spent - publishedQuota;
    publishedQuota = spent;
    return units;
  }

  void waiting(Instant now, Instant until, String reason) {
    Progress blocked = progress.progress().withWaitUntil(until);
    publish(new BackfillEvent.Waiting(key, now, until, reason, 0, null, blocked));
  }

  void ended(BackfillStatus status, @Nullable String error) {
    Progress reached = progress.progress();
    publish(
        new BackfillEvent.SliceEnded(
            key,
            engine.time().now(),
            status,
            error,
            unpublishedQuota(),
            status.isCompleted() ? reached.asDone() : reached));
  }

  /** Reports the first success after failures of earlier slices. */
  void recovered() {
    if (recovering) {
      recovering = false;
      report(() -> engine.reporter().recovered(key));
    }
  }

  void failed(BackfillException failure, int attempts) {
    report(() -> engine.reporter().failed(failureReport(failure, attempts)));
  }

  private FailureReport failureReport(BackfillException failure, int attempts) {
    return new FailureReport(
        key,
        failure,
        progress.nextChunkNumber(),
        progress.cursor(),
        attempts,
        engine.time().now(),
        engine.leaseRequest().owner(),
        engine.leaseRequest().executor(),
        progress.quota());
  }

  private void publish(BackfillEvent event) {
    engine.events().publish(event);
  }

  private void report(Runnable report) {
    try {
      report.run();
    } catch (RuntimeException e) {
      LOG.warn("{}: the failure reporter failed; the backfill's result stands.", key, e);
    }
  }
}
