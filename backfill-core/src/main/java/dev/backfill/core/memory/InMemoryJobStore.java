package dev.backfill.core.memory;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Priority;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A job store in memory, beside the progress of its backfills. */
final class InMemoryJobStore implements JobStore {

  private final InMemoryProgressStore progress;
  private final Map<BackfillId, Job> jobs = new LinkedHashMap<>();
  private long lastEvent;
  private final List<JobEvent> events = new ArrayList<>();
  private final Map<String, Suspension> suspensions = new TreeMap<>();

  InMemoryJobStore(InMemoryProgressStore progress) {
    this.progress = progress;
  }

  @Override
  public synchronized boolean enqueue(
      BackfillKey key, Priority priority, String reason, Instant queuedAt, Instant order) {
    BackfillId id = progress.register(key, reason).id();
    if (jobs.containsKey(id)) {
      return false;
    }
    jobs.put(
        id,
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
            1));
    keep(new JobEvent(id, JobEvent.Kind.TRIGGERED, null, reason, queuedAt));
    return true;
  }

  @Override
  public synchronized Optional<Job> find(BackfillKey key) {
    return progress.find(key).map(Backfill::id).map(jobs::get);
  }

  @Override
  public synchronized List<Job> list() {
    return jobs.values().stream()
        .sorted(
            Comparator.comparing((Job job) -> job.key().target())
                .thenComparing(job -> job.key().source()))
        .toList();
  }

  @Override
  public synchronized List<Job> due(Instant now, Set<String> sources, int limit) {
    return jobs.values().stream()
        .filter(job -> sources.contains(job.key().source()))
        .filter(job -> job.state() != JobState.DISPATCHED)
        .filter(job -> isDue(job, now))
        .filter(job -> mayRun(progress.get(job.id())))
        .sorted(
            Comparator.comparing((Job job) -> job.order()).thenComparing(job -> job.id().value()))
        .limit(limit)
        .toList();
  }

  private static boolean isDue(Job job, Instant now) {
    Instant due = job.dueAt();
    return due != null && !due.isAfter(now);
  }

  private boolean mayRun(Backfill backfill) {
    return backfill.status().isClaimable()
        && !backfill.isHeld()
        && !waitOf(backfill).map(until -> until.isAfter(progress.now())).orElse(false);
  }

  private static Optional<Instant> waitOf(Backfill backfill) {
    return Optional.ofNullable(backfill.waitsUntil());
  }

  @Override
  public synchronized Optional<Instant> nextDue(Set<String> sources) {
    return jobs.values().stream()
        .filter(job -> sources.contains(job.key().source()))
        .filter(job -> job.state() != JobState.DISPATCHED)
        .map(this::dueWithWait)
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder());
  }

  private Optional<Instant> dueWithWait(Job job) {
    Backfill backfill = progress.get(job.id());
    @Nullable Instant due = job.dueAt();
    if (due == null || !backfill.status().isClaimable()) {
      return Optional.empty();
    }
    return Optional.of(waitOf(backfill).filter(due::isBefore).orElse(due));
  }

  @Override
  public synchronized List<Job> dispatched() {
    return jobs.values().stream()
        .filter(job -> job.state() == JobState.DISPATCHED)
        .sorted(Comparator.comparing(job -> Objects.requireNonNull(job.dispatch()).at()))
        .toList();
  }

  @Override
  public synchronized Optional<Job> update(Job job, List<JobEvent> happened) {
    Job stored = jobs.get(job.id());
    if (stored == null || stored.version() != job.version()) {
      return Optional.empty();
    }
    Job next =
        new Job(
            job.id(),
            stored.key(),
            job.state(),
            job.priority(),
            job.reason(),
            job.queuedAt(),
            job.dueAt(),
            job.order(),
            job.attempts(),
            job.slices(),
            job.placement(),
            job.dispatch(),
            job.version() + 1);
    jobs.put(job.id(), next);
    happened.forEach(this::keep);
    return Optional.of(next);
  }

  private void keep(JobEvent event) {
    events.add(event.withSequence(++lastEvent));
  }

  @Override
  public synchronized boolean remove(BackfillId id, JobEvent event) {
    if (jobs.remove(id) == null) {
      return false;
    }
    keep(event);
    return true;
  }

  @Override
  public synchronized List<JobEvent> events(BackfillId id, long afterSequence, int limit) {
    return events.stream()
        .filter(event -> event.backfill().equals(id) && event.sequence() > afterSequence)
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized long pruneEvents(Duration olderThan, int limit) {
    List<JobEvent> old = old(olderThan).limit(limit).toList();
    events.removeAll(old);
    return old.size();
  }

  @Override
  public synchronized long prunableEvents(Duration olderThan) {
    return old(olderThan).count();
  }

  private Stream<JobEvent> old(Duration olderThan) {
    Instant moment = progress.now().minus(olderThan);
    return events.stream().filter(event -> !event.at().isAfter(moment));
  }

  @Override
  public synchronized List<JobEvent> latest(
      Destination destination, Set<JobEvent.Kind> kinds, int limit) {
    return events.stream()
        .filter(event -> destination.equals(event.destination()))
        .filter(event -> kinds.contains(event.kind()))
        .sorted(Comparator.comparingLong(JobEvent::sequence).reversed())
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized void suspend(Suspension suspension) {
    suspensions.put(suspension.subject(), suspension);
  }

  @Override
  public synchronized boolean replace(@Nullable Suspension before, Suspension next) {
    if (!Objects.equals(suspensions.get(next.subject()), before)) {
      return false;
    }
    suspensions.put(next.subject(), next);
    return true;
  }

  @Override
  public synchronized boolean resume(Suspension before) {
    return suspensions.remove(before.subject(), before);
  }

  @Override
  public synchronized boolean resume(String subject) {
    return suspensions.remove(subject) != null;
  }

  @Override
  public synchronized List<Suspension> suspensions() {
    return List.copyOf(suspensions.values());
  }
}
