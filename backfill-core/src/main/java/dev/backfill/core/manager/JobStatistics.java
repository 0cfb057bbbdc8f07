package dev.backfill.core.manager;

import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobState;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The statistics of the jobs of a manager's sources, whichever manager runs them.
 *
 * @param at when they were read, on the store's clock
 * @param jobs the number of tracked jobs in each state; has all states, not modifiable
 * @param overdue the longest time for which a job could have run and did not; zero if no job is due
 * @param quarantined the number of items in quarantine for each source, by its name; has all
 *     sources of the manager, not modifiable. Backfills that are not tracked count, too
 * @param circuit the state of the circuit breaker
 */
public record JobStatistics(
    Instant at,
    Map<State, Long> jobs,
    Duration overdue,
    Map<String, Long> quarantined,
    Circuit circuit) {

  /** The state of the manager's circuit breaker: which slices may start. */
  public enum Circuit {
    /** Any number of slices may start. */
    CLOSED,
    /** One slice may start, to find out if it works again. */
    HALF_OPEN,
    /** No slice may start. */
    OPEN
  }

  /** The state of a job, together with the status of its backfill. A job is in one state. */
  public enum State {
    /** It is due, or will be at a stored time. */
    QUEUED,
    /** A worker holds its lease. */
    RUNNING,
    /** Its backfill continues by itself at a stored time, such as the end of a quota's window. */
    WAITING,
    /** A user paused it. */
    PAUSED,
    /** A user cancelled it. */
    CANCELLED,
    /** The manager asked another destination to run it, and no worker holds its lease yet. */
    DISPATCHED,
    /** Its history is complete, and new items are not due yet. */
    IDLE,
    /** Its retries are used up, and it is tried again rarely. */
    FAILED
  }

  /** Copies the maps. */
  public JobStatistics {
    jobs = Collections.unmodifiableMap(new EnumMap<>(jobs));
    quarantined = Collections.unmodifiableMap(new TreeMap<>(quarantined));
  }

  /** Computes the statistics of some sources. */
  static JobStatistics of(
      Set<String> sources,
      List<Job> jobs,
      Collection<Backfill> backfills,
      Circuit circuit,
      Instant now) {
    Map<State, Long> states = new EnumMap<>(State.class);
    for (State state : State.values()) {
      states.put(state, 0L);
    }
    Map<BackfillId, Backfill> byId =
        backfills.stream().collect(Collectors.toMap(Backfill::id, Function.identity()));
    Duration overdue = Duration.ZERO;
    for (Job job : jobs) {
      Backfill backfill = byId.get(job.id());
      if (backfill != null && sources.contains(job.key().source())) {
        states.merge(stateOf(job, backfill, now), 1L, Long::sum);
        Duration each = overdue(job, backfill, now);
        overdue = each.compareTo(overdue) > 0 ? each : overdue;
      }
    }
    return new JobStatistics(now, states, overdue, quarantined(sources, backfills), circuit);
  }

  private static Map<String, Long> quarantined(
      Set<String> sources, Collection<Backfill> backfills) {
    Map<String, Long> items = new TreeMap<>();
    sources.forEach(source -> items.put(source, 0L));
    for (Backfill backfill : backfills) {
      items.computeIfPresent(
          backfill.key().source(), (source, sum) -> sum + backfill.counters().quarantined());
    }
    return items;
  }

  private static State stateOf(Job job, Backfill backfill, Instant now) {
    BackfillStatus status = backfill.status();
    if (!status.isClaimable()) {
      boolean paused = status == BackfillStatus.PAUSED || status == BackfillStatus.PAUSING;
      return paused ? State.PAUSED : State.CANCELLED;
    }
    if (backfill.isHeld()) {
      return State.RUNNING;
    }
    if (waits(backfill, now)) {
      return State.WAITING;
    }
    return switch (job.state()) {
      case QUEUED -> State.QUEUED;
      case DISPATCHED -> State.DISPATCHED;
      case FAILED -> State.FAILED;
      case IDLE -> State.IDLE;
    };
  }

  private static boolean waits(Backfill backfill, Instant now) {
    Instant until = backfill.waitsUntil();
    return until != null && now.isBefore(until);
  }

  /** Returns the time for which a job could have run; zero or less if it cannot run now. */
  private static Duration overdue(Job job, Backfill backfill, Instant now) {
    Instant due = job.dueAt();
    if (due == null
        || job.state() == JobState.DISPATCHED
        || !backfill.status().isClaimable()
        || backfill.isHeld()) {
      return Duration.ZERO;
    }
    Instant until = backfill.waitsUntil();
    return Duration.between(until != null && until.isAfter(due) ? until : due, now);
  }
}
