package dev.backfill.api.report;

import dev.backfill.api.store.BackfillKey;

/**
 * A receiver of failures, and of their ends, that reports them to users.
 *
 * <p><b>Contract.</b> <i>Called by</i> the thread that runs the slice, after the failure was
 * stored. <i>Blocking:</i> allowed, within reason. <i>Idempotency:</i> it may receive the same
 * failure again on every run. <i>Throws:</i> the engine logs and ignores the exception; a reporter
 * never changes a job's result. <i>Null:</i> never.
 */
public interface FailureReporter {

  /**
   * Reports that a backfill has stopped as failed.
   *
   * @param report the failure
   */
  void failed(FailureReport report);

  /**
   * Reports that a backfill that had failed has committed a chunk or completed.
   *
   * @param key the backfill
   */
  default void recovered(BackfillKey key) {}
}
