package dev.backfill.core.manager;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Dispatcher;
import dev.backfill.api.job.Dispatcher.Run;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Turn;
import dev.backfill.api.store.Backfill;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends jobs to other destinations, and looks what becomes of them there. */
final class Dispatches {

  private static final Logger LOG = LoggerFactory.getLogger(Dispatches.class);

  /**
   * How often a request that may be heard the next time is made again before the job comes back.
   */
  private static final int TRIES = 3;

  /** A second lies between two requests, and slices wait to be started meanwhile. */
  private static final int REQUESTS_AT_ONCE = 5;

  /** A run is looked at less and less often, up to so many times the usual interval. */
  private static final int SELDOM = 10;

  private static final Run UNKNOWN = new Run(Run.State.UNKNOWN, null, null, null);

  private final Desk desk;
  private final Map<Destination, Dispatcher> dispatchers = new HashMap<>();
  private final DispatchRules rules;
  private final RetryRules retries;
  private final Aftermath aftermath;
  private final Map<Destination, Instant> silentUntil = new HashMap<>();
  private final Map<String, Look> looks = new HashMap<>();
  private Instant lookAgain = Instant.MIN;

  Dispatches(
      Desk desk,
      List<Dispatcher> dispatchers,
      DispatchRules rules,
      RetryRules retries,
      Aftermath aftermath) {
    this.desk = desk;
    dispatchers.forEach(dispatcher -> this.dispatchers.put(dispatcher.destination(), dispatcher));
    this.rules = rules;
    this.retries = retries;
    this.aftermath = aftermath;
  }

  /**
   * Sends what is due and placed elsewhere, the jobs of a target together; says how many requests.
   */
  int send(List<Job> due) throws InterruptedException {
    Map<Placed, List<Job>> groups = new LinkedHashMap<>();
    for (Job job : due) {
      Placement placement = job.placement();
      if (placement != null
          && job.state() == JobState.QUEUED
          && dispatchers.containsKey(placement.destination())
          && !isSilent(placement.destination())) {
        groups
            .computeIfAbsent(
                new Placed(placement.destination(), job.key().target()),
                placed -> new ArrayList<>())
            .add(job);
      }
    }
    int sent = 0;
    for (Map.Entry<Placed, List<Job>> group : groups.entrySet()) {
      if (sent < REQUESTS_AT_ONCE
          && !isSilent(group.getKey().destination())
          && send(group.getKey(), group.getValue())) {
        sent++;
      }
    }
    return sent;
  }

  private record Placed(Destination destination, String target) {}

  private boolean isSilent(Destination destination) {
    Instant until = silentUntil.get(destination);
    return until != null && desk.now().isBefore(until);
  }

  private boolean send(Placed placed, List<Job> jobs) throws InterruptedException {
    Dispatcher dispatcher = Objects.requireNonNull(dispatchers.get(placed.destination()));
    Dispatcher.Request request =
        new Dispatcher.Request(
            correlationId(),
            placed.target(),
            jobs.stream().map(job -> job.key().source()).toList(),
            desk.now());
    try {
      Dispatch dispatch = dispatcher.dispatch(request);
      String where = dispatch.url() == null ? "" : ", see " + dispatch.url();
      for (Job job : jobs) {
        desk.save(
            job.dispatched(dispatch),
            desk.note(
                Kind.DISPATCHED,
                placed.destination(),
                "asked as " + request.correlationId() + where));
      }
      return true;
    } catch (RateLimitedException e) {
      silentUntil.put(placed.destination(), e.until());
      LOG.info(
          "Nothing is sent to {} until {}: {}", placed.destination(), e.until(), e.getMessage());
    } catch (PermanentFailureException e) {
      LOG.warn("{} refuses {}: {}", placed.destination(), placed.target(), e.getMessage());
      jobs.forEach(job -> aftermath.notDone(job, Desk.message(e)));
    } catch (BackfillException e) {
      LOG.info(
          "{} was not reached for {}: {}", placed.destination(), placed.target(), e.getMessage());
      jobs.forEach(job -> sendLater(job, e));
    }
    return false;
  }

  private String correlationId() {
    return "backfill-%016x".formatted(desk.ambience().random().nextLong());
  }

  private void sendLater(Job job, BackfillException failure) {
    int attempts = job.turn().attempts() + 1;
    if (attempts >= TRIES) {
      aftermath.notDone(job, Desk.message(failure));
      return;
    }
    Turn turn =
        new Turn(
            job.turn().queuedAt(),
            desk.now().plus(retries.delay(attempts, desk.ambience().random())),
            job.turn().order(),
            attempts,
            job.turn().slices());
    desk.save(
        job.turned(JobState.QUEUED, turn),
        desk.note(Kind.RETRIED, Desk.destinationOf(job, desk.here()), Desk.message(failure)));
  }

  /** Looks after what was sent, unless that was done a moment ago. */
  void follow() throws InterruptedException {
    if (desk.now().isBefore(lookAgain)) {
      return;
    }
    lookAgain = desk.now().plus(rules.lookEvery());
    Map<String, Run> runs = new HashMap<>();
    Set<String> known = new HashSet<>();
    for (Job job : desk.jobs().dispatched()) {
      Dispatcher dispatcher = dispatchers.get(Desk.destinationOf(job, desk.here()));
      Dispatch dispatch = Objects.requireNonNull(job.dispatch());
      known.add(dispatch.correlationId());
      Run run = runs.get(dispatch.correlationId());
      if (run == null) {
        // Without a dispatcher, time alone tells.
        boolean looks = dispatcher != null && !isAtWork(job, dispatch);
        run = looks ? run(Objects.requireNonNull(dispatcher), dispatch) : UNKNOWN;
        runs.put(dispatch.correlationId(), run);
      }
      judge(job, dispatch, run);
    }
    looks.keySet().retainAll(known);
  }

  /**
   * When a run is looked at.
   *
   * @param next from when on
   * @param pause how long after that
   */
  private record Look(Instant next, Duration pause) {}

  /** A worker that holds the lease needs no looking at, once people know where it is. */
  private boolean isAtWork(Job job, Dispatch dispatch) {
    if (dispatch.claimedAt() == null || dispatch.url() == null) {
      return false;
    }
    Backfill.Holder holder = desk.progress().find(job.key()).map(Backfill::holder).orElse(null);
    return holder != null && !holder.expired();
  }

  private Run run(Dispatcher dispatcher, Dispatch dispatch) throws InterruptedException {
    Instant now = desk.now();
    Look look = looks.getOrDefault(dispatch.correlationId(), new Look(now, rules.lookEvery()));
    if (now.isBefore(look.next())) {
      return UNKNOWN;
    }
    Duration seldom = rules.lookEvery().multipliedBy(SELDOM);
    Duration longer = look.pause().multipliedBy(2);
    looks.put(
        dispatch.correlationId(),
        new Look(now.plus(look.pause()), longer.compareTo(seldom) < 0 ? longer : seldom));
    try {
      return dispatcher.follow(dispatch);
    } catch (BackfillException e) {
      LOG.debug("The run {} cannot be looked at now", dispatch.correlationId(), e);
      return UNKNOWN;
    }
  }

  private void judge(Job job, Dispatch dispatch, Run run) {
    Job known = withRun(job, dispatch, run);
    boolean claimed = dispatch.claimedAt() != null;
    switch (run.state()) {
      case FAILED ->
          aftermath.notDone(known, "its run ended with %s%s".formatted(run.conclusion(), at(run)));
      case SUCCEEDED -> {
        if (claimed) {
          goesOn(known, run);
        } else {
          aftermath.notDone(known, "its run ended without taking the job" + at(run));
        }
      }
      case UNKNOWN, QUEUED, RUNNING -> {
        if (!claimed && isOver(dispatch.at())) {
          aftermath.notDone(
              known, "no worker took it within %s%s".formatted(text(rules.claimWithin()), at(run)));
        } else if (claimed && isAbandoned(known, dispatch)) {
          aftermath.notDone(
              known,
              "its worker gave no sign of life for %s%s"
                  .formatted(text(rules.claimWithin()), at(run)));
        }
      }
    }
  }

  private Job withRun(Job job, Dispatch dispatch, Run run) {
    String name = run.name();
    if (name == null || name.equals(dispatch.run()) && Objects.equals(run.url(), dispatch.url())) {
      return job;
    }
    return desk.save(job.dispatched(dispatch.ranAs(name, run.url()))).orElse(job);
  }

  private void goesOn(Job job, Run run) {
    desk.change(
        job,
        stored ->
            stored.state() != JobState.DISPATCHED
                ? null
                : new Desk.Change(
                    stored.placed(stored.placement()),
                    List.of(
                        desk.note(
                            Kind.RETRIED,
                            Desk.destinationOf(stored, desk.here()),
                            "its run ended in good order before the job did" + at(run)))));
  }

  private boolean isOver(Instant since) {
    return !desk.now().isBefore(since.plus(rules.claimWithin()));
  }

  private boolean isAbandoned(Job job, Dispatch dispatch) {
    Optional<Backfill> backfill = desk.progress().find(job.key());
    if (backfill.isEmpty()) {
      return false;
    }
    Backfill.Holder holder = backfill.get().holder();
    Instant waits = backfill.get().waitsUntil();
    boolean rests =
        waits != null && !isOver(waits) || !backfill.get().state().status().isClaimable();
    Instant claimedAt = Objects.requireNonNull(dispatch.claimedAt());
    Instant updatedAt = backfill.get().timeline().updatedAt();
    return !rests
        && (holder == null || holder.expired())
        && isOver(claimedAt.isAfter(updatedAt) ? claimedAt : updatedAt);
  }

  private static String at(Run run) {
    return run.url() == null ? "" : " (" + run.url() + ")";
  }

  private static String text(Duration duration) {
    return duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
