package dev.backfill.core;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.core.run.JobResult;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A memory for failures that would meet every job of a run: a host that cannot be reached, a
 * refused token. As long as nothing has worked, such a failure ends the further jobs without a try.
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

  /** Returns the failure that the next job would meet too, or null once anything has worked. */
  synchronized @Nullable BackfillException commonFailure() {
    return worked || commits.sum() > commitsBefore ? null : common;
  }

  private static boolean isCommon(BackfillException failure) {
    return failure instanceof TransientFailureException
        || (failure instanceof PermanentFailureException permanent
            && permanent.reason() == PermanentFailureException.Reason.BAD_CREDENTIALS);
  }
}
