package dev.backfill.core.manager;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Dispatcher;
import dev.backfill.api.job.Dispatcher.Run;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Placement;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.core.internal.StoreTime;
import dev.backfill.core.policy.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The dispatches to other destinations: sends jobs, and follows their runs. */
final class RemoteDispatches {

  private static final Logger LOG = LoggerFactory.getLogger(RemoteDispatches.class);

  /**
   * The max number of requests for a job without an answer and without a run, before it comes back.
   */
  private static final int MAX_ATTEMPTS = 3;

  /**
   * The time for which it searches for the run of a request without an answer; runs are listed
   * within seconds.
   */
  private static final Duration ANSWER_WITHIN = Duration.ofMinutes(2);

  /**
   * The max number of requests in one round: a second lies between two, and slices wait meanwhile.
   */
  private static final int REQUESTS_AT_ONCE = 5;

  /** The max factor by which the interval between polls of a run grows. */
  private static final int MAX_INTERVALS = 10;

  private final JobUpdater updater;
  private final Map<Destination, Dispatcher> dispatchers = new HashMap<>();
  private final ManagerRules.Dispatches rules;
  private final ManagerRules.Retries retries;
  private final JobOutcomeHandler outcomeHandler;
  private final Map<Destination, Instant> silentUntil = new HashMap<>();
  private final Map<String, Poll> polls = new HashMap<>();

  /** Correlation ids of requests without an answer, with the reason as far as known. */
  private final Map<String, String> unanswered = new HashMap<>();

  private Instant nextPoll = Instant.MIN;

  RemoteDispatches(
      JobUpdater updater,
      List<Dispatcher> dispatchers,
      ManagerRules rules,
      JobOutcomeHandler outcomeHandler) {
    this.updater = updater;
    dispatchers.forEach(dispatcher -> this.dispatchers.put(dispatcher.destination(), dispatcher));
    this.rules = rules.dispatches();
    this.retries = rules.retries();
    this.outcomeHandler = outcomeHandler;
  }

  /**
   * Sends due jobs that are placed elsewhere, those of a target together; returns the number of
   * requests.
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
    return until != null && updater.now().isBefore(until);
  }

  /** Sends one request. Stores it before it is made, so that of several managers one makes it. */
  private boolean send(Placed placed, List<Job> jobs) throws InterruptedException {
    Dispatch dispatch = Dispatch.requested(correlationId(), updater.now());
    List<Job> requested = requested(jobs, dispatch);
    if (requested.isEmpty()) {
      return false;
    }
    Dispatcher dispatcher = Objects.requireNonNull(dispatchers.get(placed.destination()));
    try {
      Dispatch answer =
          dispatcher.dispatch(
              dispatch,
              placed.target(),
              requested.stream().map(job -> job.key().source()).toList());
      requested.forEach(job -> answered(job, dispatch, answer.run(), answer.url()));
      return true;
    } catch (RateLimitedException e) {
      silentUntil.put(placed.destination(), e.until());
      LOG.info(
          "Nothing is sent to {} until {}: {}", placed.destination(), e.until(), e.getMessage());
      requested.forEach(job -> withdraw(job, dispatch));
    } catch (PermanentFailureException e) {
      LOG.warn("{} refuses {}: {}", placed.destination(), placed.target(), e.getMessage());
      requested.forEach(
          job ->
              outcomeHandler.notDone(
                  job, JobUpdater.message(e), stored -> isUnclaimed(dispatch, stored)));
    } catch (BackfillException e) {
      LOG.info(
          "{} did not answer for {}; the manager searches for its run: {}",
          placed.destination(),
          placed.target(),
          e.getMessage());
      unanswered.put(dispatch.correlationId(), JobUpdater.message(e));
    }
    return false;
  }

  /**
   * Returns the jobs that this manager may request. If another manager has the first one, it has
   * the others too, or is about to take them.
   */
  private List<Job> requested(List<Job> jobs, Dispatch dispatch) {
    List<Job> requested = new ArrayList<>();
    List<Job> ordered = new ArrayList<>(jobs);
    ordered.sort(Comparator.comparing(job -> job.id().value()));
    for (Job job : ordered) {
      Optional<Job> saved = updater.save(job.withDispatch(dispatch));
      if (saved.isEmpty() && requested.isEmpty()) {
        return List.of();
      }
      saved.ifPresent(requested::add);
    }
    return requested;
  }

  /**
   * Stores that the destination has received the request; a worker there may have the job already.
   */
  private void answered(
      Job job, Dispatch dispatch, @Nullable String run, @Nullable String address) {
    String where = address == null ? "" : ", see " + address;
    updater.change(
        job,
        stored -> {
          if (!isOf(dispatch, stored)) {
            return null;
          }
          Dispatch before = Objects.requireNonNull(stored.dispatch());
          // An answer without a run leaves a run that was found before.
          Dispatch after =
              run == null ? before.ranAs(before.run(), before.url()) : before.ranAs(run, address);
          JobEvent request =
              updater.event(
                  stored,
                  Kind.DISPATCHED,
                  JobUpdater.destinationOf(stored, updater.here()),
                  "requested as " + dispatch.correlationId() + where);
          return after.equals(before)
              ? null
              : new JobUpdater.Change(
                  stored.withDispatch(after), before.answered() ? List.of() : List.of(request));
        });
  }

  /** Takes back a request that was refused for now; the job waits where it was placed. */
  private void withdraw(Job job, Dispatch dispatch) {
    updater.change(
        job,
        stored ->
            isUnclaimed(dispatch, stored)
                ? new JobUpdater.Change(stored.withPlacement(stored.placement()), List.of())
                : null);
  }

  private String correlationId() {
    return String.format(Locale.ROOT, "backfill-%016x", updater.environment().random().nextLong());
  }

  /** Requests a run again, since the destination has none for the request. */
  private void sendAgain(Job job, Dispatch dispatch) {
    String reason =
        Objects.requireNonNullElse(
            unanswered.get(dispatch.correlationId()),
            "no run was begun as " + dispatch.correlationId());
    if (job.attempts() + 1 >= MAX_ATTEMPTS) {
      outcomeHandler.notDone(job, reason, stored -> isUnanswered(dispatch, stored));
      return;
    }
    updater.change(
        job,
        stored ->
            isUnanswered(dispatch, stored)
                ? new JobUpdater.Change(
                    afterAttempt(stored).withPlacement(stored.placement()),
                    List.of(
                        updater.event(
                            stored,
                            Kind.RETRIED,
                            JobUpdater.destinationOf(stored, updater.here()),
                            reason)))
                : null);
  }

  private Job afterAttempt(Job job) {
    int attempts = job.attempts() + 1;
    Instant due = updater.now().plus(retries.delay(attempts, updater.environment().random()));
    return job.withState(JobState.QUEUED).withDueAt(due).withAttempts(attempts);
  }

  /** Follows the dispatched jobs, unless that was done a moment ago. */
  void follow() throws InterruptedException {
    if (updater.now().isBefore(nextPoll)) {
      return;
    }
    nextPoll = updater.now().plus(rules.pollInterval());
    Map<String, Optional<Run>> runs = new HashMap<>();
    Set<String> missing = new HashSet<>();
    List<Job> dispatched = updater.jobs().dispatched();
    Map<BackfillId, Backfill> backfills = updater.backfills(claimed(dispatched));
    for (Job job : dispatched) {
      Dispatch dispatch = Objects.requireNonNull(job.dispatch());
      String id = dispatch.correlationId();
      Optional<Run> run = runs.get(id);
      if (run == null) {
        run = poll(job, dispatch, backfills.get(job.id()));
        runs.put(id, run);
      }
      if (isMissing(job, dispatch, run)) {
        sendAgain(job, dispatch);
      } else {
        judge(job, dispatch, run.orElse(Run.NONE), backfills.get(job.id()));
      }
      if (!dispatch.answered()) {
        missing.add(id);
      }
    }
    polls.keySet().retainAll(runs.keySet());
    unanswered.keySet().retainAll(missing);
    missing.forEach(id -> unanswered.putIfAbsent(id, "no run was begun as " + id));
  }

  private static List<Job> claimed(List<Job> dispatched) {
    return dispatched.stream()
        .filter(job -> Objects.requireNonNull(job.dispatch()).claimedAt() != null)
        .toList();
  }

  /** Returns the next time to search for runs of unanswered requests; null if there are none. */
  @Nullable Instant nextPoll() {
    return unanswered.isEmpty() ? null : nextPoll;
  }

  /**
   * Checks for a request without an answer, for which the destination has listed no run in time.
   * Without a dispatcher, time alone decides.
   */
  private boolean isMissing(Job job, Dispatch dispatch, Optional<Run> run) {
    if (dispatch.answered()) {
      return false;
    }
    if (!dispatchers.containsKey(JobUpdater.destinationOf(job, updater.here()))) {
      return isOver(dispatch.at());
    }
    return run.isPresent() && run.get().equals(Run.NONE) && isPast(dispatch.at(), ANSWER_WITHIN);
  }

  /**
   * Returns the run as the destination reports it now; empty if it was not asked or did not answer.
   */
  private Optional<Run> poll(Job job, Dispatch dispatch, @Nullable Backfill backfill)
      throws InterruptedException {
    Dispatcher dispatcher = dispatchers.get(JobUpdater.destinationOf(job, updater.here()));
    return dispatcher == null || isAtWork(dispatch, backfill)
        ? Optional.empty()
        : run(dispatcher, dispatch);
  }

  /**
   * The next poll of a run.
   *
   * @param next its earliest time
   * @param number its number; the intervals grow with it
   */
  private record Poll(Instant next, int number) {}

  /**
   * Checks for a worker that holds the lease, whose run need not be polled once its address is
   * known.
   */
  private static boolean isAtWork(Dispatch dispatch, @Nullable Backfill backfill) {
    if (dispatch.claimedAt() == null || dispatch.url() == null) {
      return false;
    }
    return backfill != null && backfill.isHeld();
  }

  private Optional<Run> run(Dispatcher dispatcher, Dispatch dispatch) throws InterruptedException {
    Instant now = updater.now();
    Poll poll = polls.getOrDefault(dispatch.correlationId(), new Poll(now, 1));
    if (now.isBefore(poll.next()) && dispatch.answered()) {
      return Optional.empty();
    }
    Duration seldom = rules.pollInterval().multipliedBy(MAX_INTERVALS);
    Duration pause = Backoff.exponential(rules.pollInterval(), seldom, poll.number());
    polls.put(dispatch.correlationId(), new Poll(now.plus(pause), poll.number() + 1));
    try {
      return Optional.of(dispatcher.follow(dispatch));
    } catch (BackfillException e) {
      LOG.debug("The state of the run {} is not known now", dispatch.correlationId(), e);
      return Optional.empty();
    }
  }

  private void judge(Job job, Dispatch dispatch, Run run, @Nullable Backfill backfill) {
    Job known = withRun(job, dispatch, run);
    boolean claimed = dispatch.claimedAt() != null;
    if (run.succeeded()) {
      if (claimed) {
        continueHere(known, dispatch, run);
      } else {
        outcomeHandler.notDone(
            known,
            "its run ended without taking the job" + at(run),
            stored -> isUnclaimed(dispatch, stored));
      }
    } else if (run.conclusion() != null) {
      outcomeHandler.notDone(
          known,
          "its run ended with %s%s".formatted(run.conclusion(), at(run)),
          stored -> isOf(dispatch, stored));
    } else if (!claimed && isOver(dispatch.at())) {
      // A request without an answer may never have been sent.
      String missing =
          dispatch.answered()
              ? "no worker took it"
              : "no run was begun as " + dispatch.correlationId();
      outcomeHandler.notDone(
          known,
          "%s within %s%s".formatted(missing, text(rules.claimWithin()), at(run)),
          stored -> isUnclaimed(dispatch, stored));
    } else if (claimed && isAbandoned(dispatch, backfill)) {
      outcomeHandler.notDone(
          known,
          "its worker gave no sign of life for %s%s".formatted(text(rules.claimWithin()), at(run)),
          stored -> isOf(dispatch, stored) && isAbandoned(stored));
    }
  }

  /**
   * Checks if a job is still dispatched by a request; it may have come back and been sent again.
   */
  private static boolean isOf(Dispatch dispatch, Job stored) {
    Dispatch now = stored.dispatch();
    return stored.state() == JobState.DISPATCHED
        && now != null
        && now.correlationId().equals(dispatch.correlationId());
  }

  private static boolean isUnanswered(Dispatch dispatch, Job stored) {
    return isOf(dispatch, stored) && !Objects.requireNonNull(stored.dispatch()).answered();
  }

  private static boolean isUnclaimed(Dispatch dispatch, Job stored) {
    return isOf(dispatch, stored) && Objects.requireNonNull(stored.dispatch()).claimedAt() == null;
  }

  private Job withRun(Job job, Dispatch dispatch, Run run) {
    String name = run.name();
    if (!dispatch.answered() && name != null) {
      answered(job, dispatch, name, run.url());
      return job;
    }
    if (name == null || name.equals(dispatch.run()) && Objects.equals(run.url(), dispatch.url())) {
      return job;
    }
    return updater.save(job.withDispatch(dispatch.ranAs(name, run.url()))).orElse(job);
  }

  private void continueHere(Job job, Dispatch dispatch, Run run) {
    updater.change(
        job,
        stored ->
            !isOf(dispatch, stored)
                ? null
                : new JobUpdater.Change(
                    stored.withPlacement(stored.placement()),
                    List.of(
                        updater.event(
                            stored,
                            Kind.RETRIED,
                            JobUpdater.destinationOf(stored, updater.here()),
                            "its run succeeded before the job ended" + at(run)))));
  }

  private boolean isOver(Instant since) {
    return isPast(since, rules.claimWithin());
  }

  /**
   * Checks if a time is over. A moment in the future was written by a wrong clock, and counts as
   * past.
   */
  private boolean isPast(Instant since, Duration time) {
    Instant now = updater.now();
    return !now.isBefore(since.plus(time)) || since.isAfter(now.plus(StoreTime.TOLERANCE));
  }

  private boolean isAbandoned(Job job) {
    return isAbandoned(
        Objects.requireNonNull(job.dispatch()), updater.progress().find(job.key()).orElse(null));
  }

  private boolean isAbandoned(Dispatch dispatch, @Nullable Backfill backfill) {
    if (backfill == null || dispatch.claimedAt() == null) {
      return false;
    }
    Instant waits = backfill.waitsUntil();
    boolean rests =
        waits != null && updater.now().isBefore(waits.plus(rules.claimWithin()))
            || !backfill.status().isClaimable();
    Instant claimedAt = dispatch.claimedAt();
    Instant updatedAt = backfill.updatedAt();
    return !rests
        && !backfill.isHeld()
        && isOver(claimedAt.isAfter(updatedAt) ? claimedAt : updatedAt);
  }

  private static String at(Run run) {
    return run.url() == null ? "" : " (" + run.url() + ")";
  }

  private static String text(Duration duration) {
    return duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
