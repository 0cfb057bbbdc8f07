package dev.backfill.core.manager;

import dev.backfill.api.job.Job;
import dev.backfill.api.job.Priority;

/** The cause of a job's run: its priority and its reason. */
record Trigger(Priority priority, String reason) {

  /** Returns the cause of a job's next or current run. */
  static Trigger of(Job job) {
    return new Trigger(job.priority(), job.reason());
  }
}
