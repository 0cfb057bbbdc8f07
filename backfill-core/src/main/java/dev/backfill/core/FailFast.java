package dev.backfill.core;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.core.run.JobResult;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Whether anything works at all. While nothing has, a failure that is nobody's in particular (a
 * host that cannot be reached, a token that is refused) would be every further job's too, and they
 * are not tried.
 */
final class FailFast {

  private final LongAdder commits;
  private final long commitsBefore;
  private boolean worked;
  private @Nullable BackfillException common;

  FailFast(LongAdder commits) {
    this.commits = commits;
    this.commitsBefore = commits.sum();
  }

  synchronized JobResult record(JobResult result) {
    BackfillException failure = result.failure();
    if (failure == null) {
      worked = true;
    } else if (common == null && isCommon(failure)) {
      common = failure;
    }
    return result;
  }

  /** The failure that the next job would meet too, or null when there is hope. */
  synchronized @Nullable BackfillException commonFailure() {
    return worked || commits.sum() > commitsBefore ? null : common;
  }

  private static boolean isCommon(BackfillException failure) {
    return failure instanceof TransientFailureException
        || (failure instanceof PermanentFailureException permanent
            && permanent.reason() == PermanentFailureException.Reason.BAD_CREDENTIALS);
  }
}
