package dev.backfill.core.manager;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Placement;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The jobs that this manager may run, in the order of their turns. */
final class DueJobs {

  /** The max number of jobs read in one query, unless none of these is for here. */
  private static final int DEFAULT = 1_000;

  /** The time for which a taken job is left alone, unless its slice ends before. */
  private static final Duration TAKEN = Duration.ofMinutes(2);

  private final JobUpdater updater;
  private final JobPlacer routing;
  private final RemoteDispatches dispatches;
  private final Scope scope;
  private final String worker;

  DueJobs(
      JobUpdater updater,
      JobPlacer routing,
      RemoteDispatches dispatches,
      Scope scope,
      String worker) {
    this.updater = updater;
    this.routing = routing;
    this.dispatches = dispatches;
    this.scope = scope;
    this.worker = worker;
  }

  /**
   * The jobs that a manager takes.
   *
   * @param anyPlacement true to take also jobs that are placed elsewhere or nowhere
   * @param correlationId the request whose jobs it takes of those that were dispatched, or null for
   *     all
   */
  record Scope(boolean anyPlacement, @Nullable String correlationId) {

    boolean has(Dispatch dispatch) {
      return correlationId == null || correlationId.equals(dispatch.correlationId());
    }
  }

  /**
   * The result of a search.
   *
   * @param runnable the jobs that may run here now, by their turns
   * @param sent the number of requests to other destinations
   * @param more true if jobs were placed or sent, so that another search may find more
   * @param next when a job is due, which may have passed; null if none will be
   * @param suspensions the suspensions as this search read them
   */
  record Found(
      List<Job> runnable,
      int sent,
      boolean more,
      @Nullable Instant next,
      SuspensionCache suspensions) {}

  Found find() throws InterruptedException {
    if (!updater.here().equals(Destination.LOCAL)) {
      return dispatchedHere();
    }
    SuspensionCache suspensions = new SuspensionCache(updater.jobs());
    dispatches.follow();
    List<Job> due = due(DEFAULT);
    boolean placed = place(due, suspensions);
    if (placed) {
      due = due(DEFAULT);
    }
    int sent = dispatches.send(due);
    if (sent > 0) {
      due = due(DEFAULT);
    }
    Look look = look(due, suspensions);
    return new Found(
        look.runnable(),
        sent,
        placed || look.placed() || sent > 0,
        Stream.of(
                updater.jobs().nextDue(updater.registry().names()),
                Optional.ofNullable(dispatches.nextPoll()))
            .flatMap(Optional::stream)
            .min(Comparator.naturalOrder())
            .orElse(null),
        suspensions);
  }

  /**
   * The jobs of one look.
   *
   * @param runnable the jobs that may run here
   * @param placed true if jobs were placed
   */
  private record Look(List<Job> runnable, boolean placed) {}

  /**
   * Places due jobs, but not for a lone worker: a manager with more destinations would place them
   * otherwise.
   */
  private boolean place(List<Job> due, SuspensionCache suspensions) throws InterruptedException {
    return updater.here().equals(Destination.LOCAL)
        && !scope.anyPlacement()
        && routing.place(due, suspensions);
  }

  /** Searches for jobs to run here, also behind a long queue for other destinations. */
  private Look look(List<Job> normal, SuspensionCache suspensions) throws InterruptedException {
    List<Job> due = normal;
    boolean placed = false;
    for (int max = DEFAULT; ; ) {
      List<Job> runnable = due.stream().filter(this::runsHere).toList();
      if (!runnable.isEmpty() || due.size() < max) {
        return new Look(runnable, placed);
      }
      max = max > Integer.MAX_VALUE / 10 ? Integer.MAX_VALUE : max * 10;
      due = due(max);
      if (place(due, suspensions)) {
        placed = true;
        due = due(max);
      }
    }
  }

  private List<Job> due(int max) {
    return updater.jobs().due(updater.now(), updater.registry().names(), max);
  }

  private boolean runsHere(Job job) {
    Placement placement = job.placement();
    return scope.anyPlacement()
        || placement != null && placement.destination().equals(updater.here());
  }

  /**
   * Returns the jobs that were dispatched to this destination, and those placed here without a
   * dispatch.
   */
  private Found dispatchedHere() throws InterruptedException {
    List<Job> runnable = new ArrayList<>();
    SuspensionCache suspensions = new SuspensionCache(updater.jobs());
    Instant next = updater.jobs().nextDue(updater.registry().names()).orElse(null);
    List<Job> sent =
        updater.jobs().dispatched().stream()
            .filter(job -> runsHere(job) && updater.registry().has(job.key()))
            .filter(job -> scope.has(Objects.requireNonNull(job.dispatch())))
            .toList();
    Map<BackfillId, Backfill> backfills = updater.backfills(sent);
    for (Job job : sent) {
      Backfill backfill = backfills.get(job.id());
      Instant from = backfill == null ? null : mayRunFrom(backfill);
      if (from != null && !updater.now().isBefore(from)) {
        runnable.add(job);
      } else if (from != null && (next == null || from.isBefore(next))) {
        next = from;
      }
    }
    runnable.addAll(look(due(DEFAULT), suspensions).runnable());
    runnable.sort(Comparator.comparing(job -> job.order()));
    return new Found(List.copyOf(runnable), 0, false, next, suspensions);
  }

  /** Returns the time from which a backfill can be claimed; null if a user has to resume it. */
  private @Nullable Instant mayRunFrom(Backfill backfill) {
    if (!backfill.status().isClaimable()) {
      return null;
    }
    Instant leaseEnd = backfill.leaseExpiresAt();
    if (leaseEnd != null && !backfill.leaseExpired()) {
      return leaseEnd;
    }
    return Objects.requireNonNullElse(backfill.waitsUntil(), Instant.MIN);
  }

  /**
   * Takes a job, unless another manager has changed it since it was found: has taken it, completed
   * it or taken it back. If this worker dies with the job, the job is due again. A job that was
   * dispatched to here is claimed by that.
   */
  Optional<Job> take(Job job) {
    Instant now = updater.now();
    Job taken = job.withDueAt(now.plus(TAKEN));
    Dispatch dispatch = job.dispatch();
    if (job.state() == JobState.DISPATCHED && dispatch != null && dispatch.claimedAt() == null) {
      return updater.save(
          taken.withDispatch(dispatch.claimed(now)),
          updater.event(taken, Kind.CLAIMED, updater.here(), "taken by " + worker));
    }
    return updater.save(taken);
  }
}
