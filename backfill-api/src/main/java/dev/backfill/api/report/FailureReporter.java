package dev.backfill.api.report;

import dev.backfill.api.store.BackfillKey;

/**
 * Tells people of failures, and that they are over.
 *
 * <p><b>Contract.</b> <i>Called by</i> the thread that runs the slice, after the failure was
 * stored. <i>Blocking:</i> allowed, within reason. <i>Idempotency:</i> it may hear of the same
 * failure again on every run. <i>Throws:</i> logged and forgotten; a reporter never changes a job's
 * result. <i>Null:</i> never.
 */
public interface FailureReporter {

  /**
   * A backfill has stopped as failed.
   *
   * @param report what happened
   */
  void failed(FailureReport report);

  /**
   * A backfill that had failed has committed a chunk or completed.
   *
   * @param key which backfill
   */
  default void recovered(BackfillKey key) {}
}
