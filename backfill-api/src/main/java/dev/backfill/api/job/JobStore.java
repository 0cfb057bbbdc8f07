package dev.backfill.api.job;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.ProgressReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps which jobs are to run, why, when and where, beside the progress of their backfills and in
 * the same place as that.
 *
 * <p><b>Contract.</b> Safe for any number of threads and, when it keeps its state outside the
 * process, any number of processes. <i>Called by</i> managers. <i>Blocking:</i> yes, on the
 * database. <i>Interrupt:</i> not looked at. <i>Clock:</i> the store's, for moments in jobs, leases
 * and waits. <i>Throws:</i> {@link dev.backfill.api.failure.TransientFailureException} when trying
 * the same call again may help, {@link dev.backfill.api.failure.PermanentFailureException} when it
 * does not. Whoever runs a job needs its backfill's lease; a job that two managers take from here
 * at once is run by one of them.
 */
public interface JobStore {

  /**
   * Makes sure that a backfill exists and is looked after. Idempotent: a job that exists is left as
   * it is. What makes a job also keeps that it was {@linkplain JobEvent.Kind#TRIGGERED triggered}.
   *
   * @param key source and target
   * @param trigger why; kept when the job is new
   * @param schedule when it runs; kept when the job is new
   * @return the job, and whether this call made it
   */
  Enqueued enqueue(BackfillKey key, Trigger trigger, JobSchedule schedule);

  /**
   * What became of {@link #enqueue}.
   *
   * @param job the job as it is stored now
   * @param created whether it was not there before
   */
  record Enqueued(Job job, boolean created) {}

  /**
   * Finds a job.
   *
   * @param key source and target
   * @return the job, or empty when its backfill is not looked after
   */
  Optional<Job> find(BackfillKey key);

  /**
   * Lists all jobs.
   *
   * @return the jobs by target, then source; not modifiable
   */
  List<Job> list();

  /**
   * Lists jobs that can run: not dispatched, due, of a status that may be claimed, not waiting, and
   * with no lease that has not expired.
   *
   * @param now by when they are due
   * @param sources the names of the sources that can be read; not empty
   * @param limit the most jobs; at least 1
   * @return the jobs by {@link JobSchedule#order}; not modifiable
   */
  List<Job> due(Instant now, Set<String> sources, int limit);

  /**
   * Finds out when the next job is due that is neither dispatched nor steered by a person, its wait
   * included.
   *
   * @param sources the names of the sources that can be read; not empty
   * @return the moment, which may have passed when another worker holds the job; empty when none
   *     will be due by itself
   */
  Optional<Instant> nextDue(Set<String> sources);

  /**
   * Lists jobs that are due after a moment, the latest ones included: a worker with a wrong clock
   * may have left them. The default looks through all jobs.
   *
   * @param moment after when they are due
   * @param limit the max number of jobs; at least 1
   * @return the jobs; not modifiable
   */
  default List<Job> dueAfter(Instant moment, int limit) {
    return list().stream()
        .filter(job -> job.schedule().dueAt() != null && job.schedule().dueAt().isAfter(moment))
        .limit(limit)
        .toList();
  }

  /**
   * Lists jobs that another destination was asked to run.
   *
   * @return the jobs by when that was asked; not modifiable
   */
  List<Job> dispatched();

  /**
   * Changes a job and keeps what has happened, in one transaction.
   *
   * @param job the job as it is to be, of the version that is stored
   * @param notes what has happened; may be empty
   * @return the job as it is stored now; empty when somebody else has changed or removed it since
   *     it was read, and nothing was written
   */
  Optional<Job> update(Job job, List<JobEvent.Note> notes);

  /**
   * Looks after a backfill no longer. Its progress and what was kept of its job stay.
   *
   * @param id the backfill
   * @param note what has happened
   * @return false when it was not looked after
   */
  boolean remove(BackfillId id, JobEvent.Note note);

  /**
   * Lists what has happened to a job, oldest first.
   *
   * @param id the backfill
   * @param afterSequence the last number of the page before; 0 for the first page
   * @param limit the most events; at least 1
   * @return the events by number; not modifiable
   */
  List<JobEvent> events(BackfillId id, long afterSequence, int limit);

  /**
   * Lists the latest events of a job, newest first. A store that can do so reads no others; by
   * default all of them are read, a page at a time.
   *
   * @param id the backfill
   * @param limit the max number of events; at least 1
   * @return the events, newest first; not modifiable
   */
  default List<JobEvent> latestEvents(BackfillId id, int limit) {
    Deque<JobEvent> latest = new ArrayDeque<>();
    List<JobEvent> page = events(id, 0, ProgressReader.PAGE);
    while (!page.isEmpty()) {
      for (JobEvent each : page) {
        latest.addFirst(each);
        if (latest.size() > limit) {
          latest.removeLast();
        }
      }
      page = events(id, page.get(page.size() - 1).sequence(), ProgressReader.PAGE);
    }
    return List.copyOf(latest);
  }

  /**
   * Lists the newest events of some kinds at a destination, of all jobs.
   *
   * @param destination where
   * @param kinds which; not empty
   * @param limit the most events; at least 1
   * @return the events, newest first; not modifiable
   */
  List<JobEvent> latest(Destination destination, Set<JobEvent.Kind> kinds, int limit);

  /**
   * Switches something off, or replaces how it is switched off.
   *
   * @param suspension what, and why
   */
  void suspend(Suspension suspension);

  /**
   * Switches something off only if it is switched off as the caller has read it. The method keeps
   * an automatic suspension from replacing a user's. The default looks and then writes; a store
   * that several processes share does both in one transaction.
   *
   * @param before the suspension as it was read; null if there was none
   * @param next what replaces it; of the same subject
   * @return false if the stored suspension is another one, and nothing was written
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
   * Switches something on again only if it is switched off as the caller has read it. The default
   * looks and then writes; a store that several processes share does both in one transaction.
   *
   * @param before the suspension as it was read
   * @return false if the stored suspension is another one, and nothing was written
   */
  default boolean resume(Suspension before) {
    return suspensions().contains(before) && resume(before.subject());
  }

  /**
   * Switches something on again. Idempotent.
   *
   * @param subject what
   * @return false when it was not switched off
   */
  boolean resume(String subject);

  /**
   * Lists what is switched off, also what has ended by itself and was not resumed.
   *
   * @return the suspensions by subject; not modifiable
   */
  List<Suspension> suspensions();

  /**
   * Removes old events, in one short transaction. Idempotent.
   *
   * @param olderThan the age from which on an event is old, by the store's clock; not negative
   * @param limit the max number of events; at least 1
   * @return the number that was removed; by default 0
   */
  default long pruneEvents(Duration olderThan, int limit) {
    return 0;
  }

  /**
   * Counts what {@link #pruneEvents} would remove without a limit. Changes nothing.
   *
   * @param olderThan the age from which on an event is old, by the store's clock; not negative
   * @return the number of events; by default 0
   */
  default long prunableEvents(Duration olderThan) {
    return 0;
  }
}
