package dev.backfill.core.manager;

import dev.backfill.api.job.Job;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The moments and numbers that order a job, to compare them at once. */
record Schedule(
    Instant queuedAt, @Nullable Instant dueAt, Instant order, int attempts, long slices) {

  static Schedule of(Job job) {
    return new Schedule(job.queuedAt(), job.dueAt(), job.order(), job.attempts(), job.slices());
  }

  Job on(Job job) {
    return job.withSchedule(queuedAt, dueAt, order, attempts, slices);
  }
}
