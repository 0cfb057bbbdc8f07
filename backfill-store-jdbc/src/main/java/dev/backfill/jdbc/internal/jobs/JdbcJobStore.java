package dev.backfill.jdbc.internal.jobs;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Priority;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.jdbc.internal.sql.SqlFailures;
import dev.backfill.jdbc.internal.sql.Tables;
import dev.backfill.jdbc.internal.sql.Transactions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Jobs in tables beside the progress of their backfills. Each call is one transaction. */
public final class JdbcJobStore implements JobStore {

  private final Transactions calls;
  private final ProgressStore progress;
  private final JobTable jobs;
  private final JobEventTable events;
  private final SuspensionTable suspensions;

  /** Creates it. */
  public JdbcJobStore(Transactions calls, Tables tables, ProgressStore progress) {
    this.calls = calls;
    this.progress = progress;
    this.jobs = new JobTable(tables);
    this.events = new JobEventTable(tables);
    this.suspensions = new SuspensionTable(tables);
  }

  @Override
  public boolean enqueue(
      BackfillKey key, Priority priority, String reason, Instant queuedAt, Instant order) {
    if (find(key).isPresent()) {
      return false;
    }
    BackfillId id = progress.register(key, reason).id();
    Job job =
        new Job(
            id,
            key,
            JobState.QUEUED,
            priority,
            reason,
            queuedAt,
            queuedAt,
            order,
            0,
            0,
            null,
            null,
            1);
    try {
      return calls.run(
          "the registration of a job of " + key,
          connection -> {
            jobs.insert(connection, job);
            events.add(
                connection,
                List.of(new JobEvent(id, JobEvent.Kind.TRIGGERED, null, reason, queuedAt)));
            return true;
          });
    } catch (BackfillException e) {
      if (SqlFailures.isDuplicateKey(e.getCause()) && find(key).isPresent()) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public Optional<Job> find(BackfillKey key) {
    return calls.read("the search for the job of " + key, c -> jobs.find(c, key));
  }

  @Override
  public List<Job> list() {
    return calls.read("the list of jobs", jobs::list);
  }

  @Override
  public List<Job> due(Instant now, Set<String> sources, int limit) {
    return calls.read("the list of due jobs", c -> jobs.due(c, now, sources, limit));
  }

  @Override
  public List<Job> dueAfter(Instant moment, int limit) {
    return calls.read(
        "the list of jobs that are due much later", c -> jobs.dueAfter(c, moment, limit));
  }

  @Override
  public Optional<Instant> nextDue(Set<String> sources) {
    return calls.read("the search for the next due job", c -> jobs.nextDue(c, sources));
  }

  @Override
  public List<Job> dispatched() {
    return calls.read("the list of dispatched jobs", jobs::withDispatch);
  }

  @Override
  public Optional<Job> update(Job job, List<JobEvent> happened) {
    return calls.run(
        "the change of the job of " + job.key(),
        connection -> {
          if (!jobs.update(connection, job)) {
            return Optional.<Job>empty();
          }
          events.add(connection, happened);
          return jobs.find(connection, job.id());
        });
  }

  @Override
  public boolean remove(BackfillId id, JobEvent event) {
    return calls.run(
        "the removal of the job of backfill " + id.value(),
        connection -> {
          boolean removed = jobs.delete(connection, id);
          if (removed) {
            events.add(connection, List.of(event));
          }
          return removed;
        });
  }

  @Override
  public List<JobEvent> events(BackfillId id, long afterSequence, int limit) {
    return calls.read(
        "the reading of the events of backfill " + id.value(),
        c -> events.list(c, id, afterSequence, limit));
  }

  @Override
  public long pruneEvents(Duration olderThan, int limit) {
    return calls.run("the removal of old events", c -> events.prune(c, olderThan, limit));
  }

  @Override
  public long prunableEvents(Duration olderThan) {
    return calls.read("the count of old events", c -> events.prunable(c, olderThan));
  }

  @Override
  public List<JobEvent> latestEvents(BackfillId id, int limit) {
    return calls.read(
        "the list of the latest events of backfill " + id.value(),
        c -> events.latest(c, id, limit));
  }

  @Override
  public List<JobEvent> latest(Destination destination, Set<JobEvent.Kind> kinds, int limit) {
    return calls.read(
        "the reading of the events at " + destination,
        c -> events.latest(c, destination, kinds, limit));
  }

  @Override
  public void suspend(Suspension suspension) {
    String action = "the suspension of " + suspension.subject();
    try {
      calls.run(
          action,
          connection -> {
            if (!suspensions.replace(connection, suspension)) {
              suspensions.insert(connection, suspension);
            }
            return true;
          });
    } catch (BackfillException e) {
      if (!SqlFailures.isDuplicateKey(e.getCause())) {
        throw e;
      }
      calls.run(action, c -> suspensions.replace(c, suspension));
    }
  }

  @Override
  public boolean replace(@Nullable Suspension before, Suspension next) {
    String action = "the suspension of " + next.subject();
    if (before != null) {
      return calls.run(action, c -> suspensions.replace(c, before, next));
    }
    try {
      return calls.run(
          action,
          connection -> {
            suspensions.insert(connection, next);
            return true;
          });
    } catch (BackfillException e) {
      if (SqlFailures.isDuplicateKey(e.getCause())) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public boolean resume(Suspension before) {
    return calls.run(
        "the end of the suspension of " + before.subject(), c -> suspensions.delete(c, before));
  }

  @Override
  public boolean resume(String subject) {
    return calls.run(
        "the end of the suspension of " + subject, c -> suspensions.delete(c, subject));
  }

  @Override
  public List<Suspension> suspensions() {
    return calls.read("the list of suspensions", suspensions::list);
  }
}
