package dev.backfill.supabase.internal.jobs;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Priority;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.supabase.internal.http.CallKind;
import dev.backfill.supabase.internal.http.JsonValue;
import dev.backfill.supabase.internal.http.RequestWriter;
import dev.backfill.supabase.internal.http.RpcClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Jobs in the tables of the JDBC store. Each call is one request, and one transaction. */
public final class SupabaseJobStore implements JobStore {

  /** The max age; no row is older. */
  private static final Duration MAX_AGE = Duration.ofDays(36_500);

  /** A stand-in for the number that the database finds by the key. */
  private static final BackfillId UNKNOWN = new BackfillId(1);

  private final RpcClient client;

  /** Creates it. */
  public SupabaseJobStore(RpcClient client) {
    this.client = client;
  }

  @Override
  public boolean enqueue(
      BackfillKey key, Priority priority, String reason, Instant queuedAt, Instant order) {
    Job job =
        new Job(
            UNKNOWN,
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
    return write(
            "the registration of a job of " + key,
            "backfill_job_enqueue",
            json -> {
              json.field("source", key.source()).field("target", key.target());
              json.object("job", fields -> JobJson.write(fields, job));
            })
        .get("created")
        .bool();
  }

  @Override
  public Optional<Job> find(BackfillKey key) {
    return job(
        read(
            "the search for the job of " + key,
            "backfill_job_find",
            json -> json.field("source", key.source()).field("target", key.target())));
  }

  @Override
  public List<Job> list() {
    // Sorted here: the database takes ten times as long to sort by its collation as to read.
    return jobs(read("the list of jobs", "backfill_job_list", json -> {})).stream()
        .sorted(
            Comparator.comparing((Job job) -> job.key().target())
                .thenComparing(job -> job.key().source()))
        .toList();
  }

  @Override
  public List<Job> due(Instant now, Set<String> sources, int limit) {
    return jobs(
        read(
            "the list of due jobs",
            "backfill_job_due",
            json -> json.field("now", now).field("sources", sources).field("limit", limit)));
  }

  @Override
  public List<Job> dueAfter(Instant moment, int limit) {
    return jobs(
        read(
            "the list of jobs that are due much later",
            "backfill_job_due_after",
            json -> json.field("moment", moment).field("limit", limit)));
  }

  @Override
  public Optional<Instant> nextDue(Set<String> sources) {
    return Optional.ofNullable(
        read(
                "the search for the next due job",
                "backfill_job_next_due",
                json -> json.field("sources", sources))
            .get("at")
            .instantOrNull());
  }

  @Override
  public List<Job> dispatched() {
    return jobs(read("the list of dispatched jobs", "backfill_job_dispatched", json -> {}));
  }

  @Override
  public Optional<Job> update(Job job, List<JobEvent> happened) {
    return job(
        write(
            "the change of the job of " + job.key(),
            "backfill_job_update",
            json -> {
              json.object("job", fields -> JobJson.write(fields, job));
              JobJson.write(json, happened);
            }));
  }

  @Override
  public boolean remove(BackfillId id, JobEvent event) {
    return write(
            "the removal of the job of backfill " + id.value(),
            "backfill_job_remove",
            json -> {
              json.field("id", id.value());
              JobJson.write(json, List.of(event));
            })
        .get("removed")
        .bool();
  }

  @Override
  public List<JobEvent> events(BackfillId id, long afterSequence, int limit) {
    return events(
        read(
            "the reading of the events of backfill " + id.value(),
            "backfill_job_event_list",
            json ->
                json.field("id", id.value()).field("after", afterSequence).field("limit", limit)));
  }

  @Override
  public List<JobEvent> latestEvents(BackfillId id, int limit) {
    return events(
        read(
            "the list of the latest events of backfill " + id.value(),
            "backfill_job_event_latest",
            json -> json.field("id", id.value()).field("limit", limit)));
  }

  @Override
  public List<JobEvent> latest(Destination destination, Set<JobEvent.Kind> kinds, int limit) {
    return events(
        read(
            "the reading of the events at " + destination,
            "backfill_job_event_latest_at",
            json ->
                json.field("destination", destination.name())
                    .field("kinds", kinds.stream().map(JobJson::stored).toList())
                    .field("limit", limit)));
  }

  @Override
  public long pruneEvents(Duration olderThan, int limit) {
    return write(
            "the removal of old events",
            "backfill_job_event_prune",
            json -> json.field("olderThanMillis", millis(olderThan)).field("limit", limit))
        .get("events")
        .number();
  }

  @Override
  public long prunableEvents(Duration olderThan) {
    return read(
            "the count of old events",
            "backfill_job_event_prunable",
            json -> json.field("olderThanMillis", millis(olderThan)))
        .get("events")
        .number();
  }

  private static long millis(Duration age) {
    return (age.compareTo(MAX_AGE) < 0 ? age : MAX_AGE).toMillis();
  }

  @Override
  public void suspend(Suspension suspension) {
    write(
        "the suspension of " + suspension.subject(),
        "backfill_suspend",
        json -> json.object("next", fields -> JobJson.write(fields, suspension)));
  }

  @Override
  public boolean replace(@Nullable Suspension before, Suspension next) {
    return write(
            "the suspension of " + next.subject(),
            "backfill_suspension_replace",
            json -> {
              if (before != null) {
                json.object("before", fields -> JobJson.write(fields, before));
              }
              json.object("next", fields -> JobJson.write(fields, next));
            })
        .get("replaced")
        .bool();
  }

  @Override
  public boolean resume(Suspension before) {
    return resumed(
        before.subject(),
        json ->
            json.field("subject", before.subject())
                .object("before", fields -> JobJson.write(fields, before)));
  }

  @Override
  public boolean resume(String subject) {
    return resumed(subject, json -> json.field("subject", subject));
  }

  private boolean resumed(String subject, RequestWriter body) {
    return write("the end of the suspension of " + subject, "backfill_suspension_resume", body)
        .get("resumed")
        .bool();
  }

  @Override
  public List<Suspension> suspensions() {
    return read("the list of suspensions", "backfill_suspension_list", json -> {})
        .get("suspensions")
        .list(JobJson::suspension);
  }

  private static Optional<Job> job(JsonValue answer) {
    JsonValue job = answer.get("job");
    return job.isNull() ? Optional.empty() : Optional.of(JobJson.job(job));
  }

  private static List<Job> jobs(JsonValue answer) {
    return answer.get("jobs").list(JobJson::job);
  }

  private static List<JobEvent> events(JsonValue answer) {
    return answer.get("events").list(JobJson::event);
  }

  private JsonValue read(String action, String function, RequestWriter body) {
    return client.call(action, function, CallKind.READ, body);
  }

  private JsonValue write(String action, String function, RequestWriter body) {
    return client.call(action, function, CallKind.WRITE, body);
  }
}
