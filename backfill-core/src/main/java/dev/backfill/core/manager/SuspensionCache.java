package dev.backfill.core.manager;

import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Suspension;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The suspensions for one search of jobs, read once, when they are first needed. */
final class SuspensionCache {

  private final JobStore jobs;
  private @Nullable List<Suspension> suspensions;

  SuspensionCache(JobStore jobs) {
    this.jobs = jobs;
  }

  /** Returns the stored suspension of all work, also if it has ended by itself. */
  Optional<Suspension> work() {
    return suspensions().stream()
        .filter(suspension -> suspension.subject().equals(Suspension.WORK))
        .findFirst();
  }

  /** Returns the subjects that are suspended at a moment. */
  Set<String> holding(Instant now) {
    return suspensions().stream()
        .filter(suspension -> DestinationBreaker.holds(suspension, now))
        .map(Suspension::subject)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Forgets them after a slice has started, which may have changed them. */
  void forget() {
    suspensions = null;
  }

  private List<Suspension> suspensions() {
    List<Suspension> known = suspensions;
    if (known == null) {
      known = jobs.suspensions();
      suspensions = known;
    }
    return known;
  }
}
