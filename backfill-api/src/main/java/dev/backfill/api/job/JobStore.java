package dev.backfill.api.job;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.ProgressStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stored jobs: which backfills run, why, when and where. They are kept in the same place as the
 * progress of their backfills.
 *
 * <p><b>Contract.</b> Safe for any number of threads and, if it keeps its state outside the
 * process, any number of processes. <i>Called by</i> managers. <i>Blocking:</i> yes, on the
 * database. <i>Interrupt:</i> ignored. <i>Clock:</i> the store's, for moments in jobs, leases and
 * waits. <i>Throws:</i> {@link dev.backfill.api.failure.TransientFailureException} if another try
 * of the same call may help, {@link dev.backfill.api.failure.PermanentFailureException} if it does
 * not. A worker needs the backfill's lease to run a job. So if two managers take the same job at
 * once, one of them runs it.
 */
public interface JobStore {

  /**
   * Registers the backfill if it is new, and creates a job for it. Idempotent: a job that exists
   * stays as it is. The store that creates a job also records that it was {@linkplain
   * JobEvent.Kind#TRIGGERED triggered}.
   *
   * @param key source and target
   * @param priority the priority; stored if the job is new
   * @param reason the reason, from 1 to {@value Job#MAX_REASON} characters; stored if the job is
   *     new
   * @param queuedAt the time of the request, at which the job is due; stored if the job is new
   * @param order the moment by which it is served among due jobs; stored if the job is new
   * @return true if this call created the job; false if it existed
   * @throws IllegalArgumentException if the reason is blank or too long
   */
  boolean enqueue(
      BackfillKey key, Priority priority, String reason, Instant queuedAt, Instant order);

  /**
   * Finds a job.
   *
   * @param key source and target
   * @return the job, or empty if its backfill is not tracked
   */
  Optional<Job> find(BackfillKey key);

  /**
   * Lists all jobs.
   *
   * @return the jobs by target, then source; not modifiable
   */
  List<Job> list();

  /**
   * Lists jobs that can run: due, not dispatched, of a claimable status, not waiting, and without
   * an unexpired lease.
   *
   * @param now the time by which they are due
   * @param sources the names of the sources that the caller can read; not empty
   * @param limit the max number of jobs; at least 1
   * @return the jobs by {@link Job#order}; not modifiable
   */
  List<Job> due(Instant now, Set<String> sources, int limit);

  /**
   * Finds the time at which the next job is due, its wait included. Dispatched jobs do not count,
   * nor jobs that a user has paused or cancelled.
   *
   * @param sources the names of the sources that the caller can read; not empty
   * @return the time, which may have passed if another worker holds the job; empty if no job will
   *     be due by itself
   */
  Optional<Instant> nextDue(Set<String> sources);

  /**
   * Lists jobs that are due after a given time, including those due last: a worker with a wrong
   * clock may have left them. By default, searches all jobs.
   *
   * @param moment the time after which they are due
   * @param limit the max number of jobs; at least 1
   * @return the jobs; not modifiable
   */
  default List<Job> dueAfter(Instant moment, int limit) {
    return list().stream()
        .filter(job -> job.dueAt() != null && job.dueAt().isAfter(moment))
        .limit(limit)
        .toList();
  }

  /**
   * Lists dispatched jobs.
   *
   * @return the jobs by the time of their dispatch; not modifiable
   */
  List<Job> dispatched();

  /**
   * Changes a job and records the events, in one transaction.
   *
   * @param job the job as it has to be, of the stored version
   * @param events the job's events, without numbers; may be empty
   * @return the job as it is stored now; empty, with nothing written, if another caller has changed
   *     or removed it since it was read
   */
  Optional<Job> update(Job job, List<JobEvent> events);

  /**
   * Removes a job, so that its backfill is not tracked any more. The backfill's progress and the
   * job's events stay.
   *
   * @param id the backfill
   * @param event the event to record, without a number
   * @return false if the backfill was not tracked
   */
  boolean remove(BackfillId id, JobEvent event);

  /**
   * Lists the events of a job, oldest first.
   *
   * @param id the backfill
   * @param afterSequence the last number of the page before; 0 for the first page
   * @param limit the max number of events; at least 1
   * @return the events by number; not modifiable
   */
  List<JobEvent> events(BackfillId id, long afterSequence, int limit);

  /**
   * Lists the latest events of a job, newest first. By default reads all events, a page at a time;
   * a store that can reads no others.
   *
   * @param id the backfill
   * @param limit the max number of events; at least 1
   * @return the events, newest first; not modifiable
   */
  default List<JobEvent> latestEvents(BackfillId id, int limit) {
    Deque<JobEvent> latest = new ArrayDeque<>();
    List<JobEvent> page = events(id, 0, ProgressStore.PAGE);
    while (!page.isEmpty()) {
      for (JobEvent each : page) {
        latest.addFirst(each);
        if (latest.size() > limit) {
          latest.removeLast();
        }
      }
      page = events(id, page.get(page.size() - 1).sequence(), ProgressStore.PAGE);
    }
    return List.copyOf(latest);
  }

  /**
   * Lists the newest events of some kinds at a destination, of all jobs.
   *
   * @param destination the destination
   * @param kinds the kinds; not empty
   * @param limit the max number of events; at least 1
   * @return the events, newest first; not modifiable
   */
  List<JobEvent> latest(Destination destination, Set<JobEvent.Kind> kinds, int limit);

  /**
   * Stores a suspension, or replaces that of the same subject.
   *
   * @param suspension the suspension
   */
  void suspend(Suspension suspension);

  /**
   * Stores a suspension only if that of the same subject is still as the caller has read it. So an
   * automatic suspension never replaces a user's. By default reads and then writes; a store that
   * several processes share does both in one transaction.
   *
   * @param before the suspension as it was read; null if there was none
   * @param next its replacement; of the same subject
   * @return false, with nothing written, if the stored suspension is another one
   */
  default boolean replace(@Nullable Suspension before, Suspension next) {
    Optional<Suspension> stored =
        suspensions().stream()
            .filter(suspension -> suspension.subject().equals(next.subject()))
            .findFirst();
    if (!stored.equals(Optional.ofNullable(before))) {
      return false;
    }
    suspend(next);
    return true;
  }

  /**
   * Ends a suspension only if it is still as the caller has read it. By default reads and then
   * writes; a store that several processes share does both in one transaction.
   *
   * @param before the suspension as it was read
   * @return false, with nothing written, if the stored suspension is another one
   */
  default boolean resume(Suspension before) {
    return suspensions().contains(before) && resume(before.subject());
  }

  /**
   * Ends a suspension. Idempotent.
   *
   * @param subject the suspension's subject
   * @return false if it was not suspended
   */
  boolean resume(String subject);

  /**
   * Lists all suspensions, including expired ones that were not resumed.
   *
   * @return the suspensions by subject; not modifiable
   */
  List<Suspension> suspensions();

  /**
   * Removes old events, in one short transaction. Idempotent.
   *
   * @param olderThan the min age of an event to remove, by the store's clock; not negative
   * @param limit the max number of events; at least 1
   * @return the number of removed events; by default 0
   */
  default long pruneEvents(Duration olderThan, int limit) {
    return 0;
  }

  /**
   * Counts the events that {@link #pruneEvents} would remove without a limit. Changes nothing.
   *
   * @param olderThan the min age of an event to remove, by the store's clock; not negative
   * @return the number of events; by default 0
   */
  default long prunableEvents(Duration olderThan) {
    return 0;
  }
}
