package dev.backfill.core.manager;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.core.policy.Backoff;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The circuit breaker. It suspends all work for a while when the same failure meets target after
 * target. When that time is over, one slice may try. The suspension is stored, so that other
 * processes suspend their work too.
 */
final class CircuitBreaker {

  private static final Logger LOG = LoggerFactory.getLogger(CircuitBreaker.class);

  private final JobUpdater updater;
  private final ManagerRules.Breaker rules;
  private final Set<String> targets = new HashSet<>();
  private @Nullable String streak;

  CircuitBreaker(JobUpdater updater, ManagerRules.Breaker rules) {
    this.updater = updater;
    this.rules = rules;
  }

  private Optional<Suspension> suspension() {
    return new SuspensionCache(updater.jobs()).work();
  }

  JobStatistics.Circuit state(SuspensionCache suspensions) {
    return suspensions
        .work()
        .map(
            suspension ->
                holds(suspension) ? JobStatistics.Circuit.OPEN : JobStatistics.Circuit.HALF_OPEN)
        .orElse(JobStatistics.Circuit.CLOSED);
  }

  /**
   * Checks if a suspension holds. An automatic one that is longer than the rules allow was written
   * by a wrong clock.
   */
  boolean holds(Suspension suspension) {
    Instant now = updater.now();
    Instant until = suspension.until();
    boolean automatic = suspension.actor().equals(Suspension.AUTOMATIC);
    return suspension.holds(now)
        && !(automatic && until != null && until.isAfter(now.plus(rules.max())));
  }

  /**
   * Returns the class that a failure shares with failures of other targets; null for a target's
   * own.
   */
  static @Nullable String classOf(BackfillException failure) {
    if (failure instanceof TransientFailureException) {
      return "UNREACHABLE";
    }
    if (failure instanceof PermanentFailureException permanent) {
      return switch (permanent.reason()) {
        case BAD_CREDENTIALS,
            FORBIDDEN,
            UNTRUSTED_ADDRESS,
            STORE_REFUSED,
            NOT_INSTALLED,
            UNEXPECTED ->
            permanent.reason().name();
        case NOT_FOUND,
            GONE,
            LEGALLY_BLOCKED,
            IDENTITY_CHANGED,
            INVALID_REQUEST,
            INCOMPATIBLE,
            OUT_OF_SEQUENCE,
            TOO_MANY_REJECTED ->
            null;
      };
    }
    return null;
  }

  /** Checks for a failure that often meets many targets, but may also meet a single one. */
  private static boolean mayBeItsOwn(BackfillException failure) {
    return failure instanceof PermanentFailureException permanent
        && (permanent.reason() == Reason.FORBIDDEN || permanent.reason() == Reason.UNEXPECTED);
  }

  /**
   * Counts a failed slice, and suspends all work if needed.
   *
   * @return true if the failure is common to all targets, and so not the job's own; false if the
   *     slice tried for all and the failure may be this target's own
   */
  synchronized boolean failed(BackfillKey key, BackfillException failure) {
    String kind = classOf(failure);
    if (kind == null) {
      return false;
    }
    if (!kind.equals(streak)) {
      targets.clear();
      streak = kind;
    }
    targets.add(key.target());
    Optional<Suspension> before = suspension();
    if (before.isEmpty() && targets.size() < rules.targets()) {
      return false;
    }
    if (before.isPresent() && holds(before.get())) {
      return true;
    }
    int times = before.map(suspension -> suspension.times() + 1).orElse(1);
    suspend(before.orElse(null), kind, times, JobUpdater.message(failure));
    return before.isEmpty() || !mayBeItsOwn(failure);
  }

  private void suspend(@Nullable Suspension before, String kind, int times, String message) {
    Instant until = updater.now().plus(Backoff.exponential(rules.first(), rules.max(), times));
    Suspension rests =
        new Suspension(
            Suspension.WORK,
            kind + ": " + message,
            Suspension.AUTOMATIC,
            updater.now(),
            until,
            times);
    if (!updater.jobs().replace(before, rests)) {
      return; // Another manager, or a user, has decided meanwhile.
    }
    LOG.error(
        "Circuit breaker open: all work is suspended until {}, since {} targets in a row failed with"
            + " {}: {}",
        until,
        Math.max(rules.targets(), targets.size()),
        kind,
        message);
  }

  /** Counts a slice that has worked, and ends an automatic suspension. */
  synchronized void worked() {
    streak = null;
    Optional<Suspension> before = suspension();
    if (before.isPresent()
        && before.get().actor().equals(Suspension.AUTOMATIC)
        && updater.jobs().resume(before.get())) {
      LOG.info(
          "Circuit breaker closed; work resumes. It was open because of {}", before.get().reason());
    }
  }
}
