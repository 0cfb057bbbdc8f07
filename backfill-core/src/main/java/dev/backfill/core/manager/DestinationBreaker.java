package dev.backfill.core.manager;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.Suspension;
import dev.backfill.core.policy.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The breaker of a destination: suspends it for a while if too many of its jobs fail there. */
final class DestinationBreaker {

  private static final Logger LOG = LoggerFactory.getLogger(DestinationBreaker.class);
  private static final Set<Kind> OUTCOMES = Set.of(Kind.COMPLETED, Kind.FAILED, Kind.FELL_BACK);
  private static final Duration MAX = Duration.ofDays(1);

  private final JobUpdater updater;
  private final ManagerRules.Dispatches rules;

  DestinationBreaker(JobUpdater updater, ManagerRules.Dispatches rules) {
    this.updater = updater;
    this.rules = rules;
  }

  /**
   * Checks if a suspension holds. An automatic one that ends later than any rule allows was written
   * by a wrong clock.
   */
  static boolean holds(Suspension suspension, Instant now) {
    Instant until = suspension.until();
    boolean automatic = suspension.actor().equals(Suspension.AUTOMATIC);
    return suspension.holds(now) && !(automatic && until != null && until.isAfter(now.plus(MAX)));
  }

  private Optional<Suspension> suspension(Destination destination) {
    return updater.jobs().suspensions().stream()
        .filter(suspension -> suspension.subject().equals(Suspension.of(destination)))
        .findFirst();
  }

  /** Counts a job that succeeded there. */
  void completed(Destination destination) {
    Optional<Suspension> before = suspension(destination);
    if (before.isPresent()
        && before.get().actor().equals(Suspension.AUTOMATIC)
        && !holds(before.get(), updater.now())) {
      updater.jobs().resume(before.get());
    }
  }

  /** Counts a job that failed there. */
  void failed(Destination destination) {
    if (destination.equals(Destination.LOCAL)) {
      return; // There is no other destination.
    }
    Optional<Suspension> before = suspension(destination);
    if (before.isPresent() && holds(before.get(), updater.now())) {
      return;
    }
    Instant from =
        before
            .map(Suspension::until)
            .filter(until -> !until.isAfter(updater.now()))
            .orElse(Instant.MIN);
    List<JobEvent> outcomes =
        updater.jobs().latest(destination, OUTCOMES, rules.sample()).stream()
            .filter(event -> event.at().isAfter(from))
            .toList();
    long failures = outcomes.stream().filter(event -> event.kind() != Kind.COMPLETED).count();
    if (outcomes.size() < rules.minSample() || failures <= rules.failureLimit() * outcomes.size()) {
      return;
    }
    int times = before.map(suspension -> suspension.times() + 1).orElse(1);
    Instant until = updater.now().plus(Backoff.exponential(rules.suspension(), MAX, times));
    String reason =
        String.format(
            Locale.ROOT,
            "%d of its last %d jobs failed, the last one because %s",
            failures,
            outcomes.size(),
            outcomes.get(0).reason());
    Suspension off =
        new Suspension(
            Suspension.of(destination), reason, Suspension.AUTOMATIC, updater.now(), until, times);
    if (updater.jobs().replace(before.orElse(null), off)) {
      LOG.warn("{} gets no jobs until {}: {}", destination, until, reason);
    }
  }
}
