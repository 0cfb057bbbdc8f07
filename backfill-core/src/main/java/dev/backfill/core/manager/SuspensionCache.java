package dev.backfill.core.manager;

import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Suspension;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The suspensions as one look at the store sees them: read once, when they first matter. */
final class SuspensionCache {

  private final JobStore jobs;
  private @Nullable List<Suspension> suspensions;

  SuspensionCache(JobStore jobs) {
    this.jobs = jobs;
  }

  /** The stored suspension of all work, also when it has ended by itself. */
  Optional<Suspension> work() {
    return suspensions().stream()
        .filter(suspension -> suspension.subject().equals(Suspension.WORK))
        .findFirst();
  }

  /** The subjects that are switched off at a moment. */
  Set<String> holding(Instant now) {
    return suspensions().stream()
        .filter(suspension -> DestinationBreaker.holds(suspension, now))
        .map(Suspension::subject)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Something was begun, which may have changed them. */
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
