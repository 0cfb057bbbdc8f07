package dev.backfill.core.manager;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.time.TimeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The one place where jobs are changed. Listeners receive each change after it was stored. */
record JobUpdater(
    ProgressStore progress,
    JobStore jobs,
    SourceRegistry registry,
    Environment environment,
    Consumer<BackfillEvent> events) {

  private static final int MAX_REASON = 2_000;

  /**
   * The max number of tries: other managers do not change a job more often than that in between.
   */
  private static final int MAX_ATTEMPTS = 10;

  /** The time, the randomness and the destination of a manager. */
  record Environment(TimeSource time, RandomGenerator random, Destination here) {}

  /** A job as it has to be, and the events to record. */
  record Change(Job job, List<JobEvent> events) {}

  Instant now() {
    return environment.time().now();
  }

  Destination here() {
    return environment.here();
  }

  JobEvent event(Job job, Kind kind, @Nullable Destination destination, String reason) {
    String text = reason.isBlank() ? "no reason was given" : reason;
    return new JobEvent(
        job.id(),
        kind,
        destination,
        text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON),
        now());
  }

  /** Returns the text to store for a failure. */
  static String message(BackfillException failure) {
    return Objects.requireNonNullElse(failure.getMessage(), failure.toString());
  }

  /** Stores a change; empty if another manager was faster. */
  Optional<Job> save(Job job, JobEvent... happened) {
    Optional<Job> saved = jobs.update(job, List.of(happened));
    saved.ifPresent(stored -> publish(stored, List.of(happened)));
    return saved;
  }

  /**
   * Changes a job as it is stored now, however often others change it meanwhile.
   *
   * @param change returns the job as it has to be, or null to leave it
   * @return the job afterwards; empty if it is no longer tracked, or was left
   */
  Optional<Job> change(Job job, Function<Job, @Nullable Change> change) {
    for (int i = 0; i < MAX_ATTEMPTS; i++) {
      Optional<Job> current = jobs.find(job.key());
      Change selected = current.isEmpty() ? null : change.apply(current.get());
      if (selected == null) {
        return Optional.empty();
      }
      Optional<Job> saved = jobs.update(selected.job(), selected.events());
      if (saved.isPresent()) {
        publish(saved.get(), selected.events());
        return saved;
      }
    }
    throw new IllegalStateException("the job of " + job.key() + " changes all the time");
  }

  /** Reads the backfills of jobs in one query, whatever the number of jobs. */
  Map<BackfillId, Backfill> backfills(List<Job> of) {
    if (of.isEmpty()) {
      return Map.of();
    }
    return (of.size() == 1 ? progress.find(of.get(0).key()).stream() : progress.list().stream())
        .collect(Collectors.toMap(Backfill::id, Function.identity()));
  }

  void publish(Job job, List<JobEvent> happened) {
    for (JobEvent event : new ArrayList<>(happened)) {
      events.accept(new BackfillEvent.JobNoted(job.key(), event.at(), event));
    }
  }

  static Destination destinationOf(Job job, Destination otherwise) {
    return job.placement() == null ? otherwise : job.placement().destination();
  }
}
