package dev.backfill.core.manager;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.core.routing.JobRouter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The placement of due jobs, decided together for the jobs of a target. */
final class JobPlacer {

  private static final Logger LOG = LoggerFactory.getLogger(JobPlacer.class);

  /**
   * The max number of targets whose sizes are fetched in one round, so that work begins meanwhile.
   */
  private static final int TARGETS_AT_ONCE = 10;

  private final JobUpdater updater;
  private final JobRouter router;
  private final Set<Destination> elsewhere;
  private final HistorySizes sizes;

  JobPlacer(JobUpdater updater, JobRouter router, Set<Destination> elsewhere, HistorySizes sizes) {
    this.updater = updater;
    this.router = router;
    this.elsewhere = Set.copyOf(elsewhere);
    this.sizes = sizes;
  }

  /**
   * Places due jobs without a placement, or with one that is suspended; returns true if it placed
   * any.
   */
  boolean place(List<Job> due, SuspensionCache suspensions) throws InterruptedException {
    Set<String> suspended =
        elsewhere.isEmpty() || due.isEmpty() ? Set.of() : suspensions.holding(updater.now());
    Map<String, List<Job>> targets = new LinkedHashMap<>();
    for (Job job : due) {
      if (isOpen(job, suspended)) {
        targets.computeIfAbsent(job.key().target(), target -> new ArrayList<>()).add(job);
      }
    }
    int remaining = elsewhere.isEmpty() ? Integer.MAX_VALUE : TARGETS_AT_ONCE;
    for (Map.Entry<String, List<Job>> entry : targets.entrySet()) {
      if (remaining-- == 0) {
        return true;
      }
      place(entry.getKey(), entry.getValue(), due.size(), suspended);
    }
    return !targets.isEmpty();
  }

  private boolean isOpen(Job job, Set<String> suspended) {
    Placement placement = job.placement();
    return placement == null
        || job.state() != JobState.QUEUED
        || suspended.contains(Suspension.of(placement.destination()))
        || !isKnown(placement.destination());
  }

  /** Checks for a destination of an earlier configuration that this one lacks. */
  private boolean isKnown(Destination destination) {
    return destination.equals(Destination.LOCAL) || elsewhere.contains(destination);
  }

  private void place(String target, List<Job> jobs, int load, Set<String> suspended)
      throws InterruptedException {
    Set<Destination> available = new HashSet<>();
    available.add(Destination.LOCAL);
    for (Destination destination : elsewhere) {
      if (!suspended.contains(Suspension.of(destination))) {
        available.add(destination);
      }
    }
    Placement placement =
        elsewhere.isEmpty()
            ? new Placement(Destination.LOCAL, "there is no other destination", false)
            : checked(request(target, jobs, load, available));
    for (Job job : jobs) {
      if (placement.equals(job.placement())) {
        updater.save(
            job.withPlacement(placement)); // As it was decided last time; the event is stored.
      } else {
        updater.save(
            job.withPlacement(placement),
            updater.event(job, Kind.ROUTED, placement.destination(), placement.reason()));
      }
    }
  }

  private Placement checked(JobRouter.Request request) {
    try {
      Placement placement = router.route(request);
      if (request.available().contains(placement.destination())) {
        return withSuspensions(placement, request);
      }
      return new Placement(Destination.LOCAL, placement.destination() + " is not available", false);
    } catch (RuntimeException e) {
      LOG.warn("{} runs here, since the router failed.", request.target(), e);
      return new Placement(Destination.LOCAL, "the router failed: " + e, false);
    }
  }

  private Placement withSuspensions(Placement placement, JobRouter.Request request) {
    if (request.available().containsAll(elsewhere)) {
      return placement;
    }
    Set<Destination> off = new HashSet<>(elsewhere);
    off.removeAll(request.available());
    return new Placement(
        placement.destination(), placement.reason() + "; switched off: " + off, false);
  }

  private JobRouter.Request request(
      String target, List<Job> jobs, int load, Set<Destination> available)
      throws InterruptedException {
    Total largest = Total.UNKNOWN;
    Instant complete = updater.now();
    boolean whole = false;
    for (Job job : jobs) {
      Total total = sizes.known(job.key());
      if (total.isKnown() && (!largest.isKnown() || total.count() > largest.count())) {
        largest = total;
      }
      Instant completedAt = completedAt(job);
      whole |= completedAt == null;
      complete = completedAt != null && completedAt.isBefore(complete) ? completedAt : complete;
    }
    Priority priority =
        jobs.stream().map(Job::priority).min(Comparator.naturalOrder()).orElseThrow();
    Duration recency = whole ? null : Duration.between(complete, updater.now());
    return new JobRouter.Request(target, priority, largest, recency, load, available);
  }

  private @Nullable Instant completedAt(Job job) {
    return updater.progress().find(job.key()).map(Backfill::completedAt).orElse(null);
  }
}
