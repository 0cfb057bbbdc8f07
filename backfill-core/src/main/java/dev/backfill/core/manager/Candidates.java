package dev.backfill.core.manager;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Turn;
import dev.backfill.api.store.Backfill;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the jobs that this manager may run, in the order of their turns. */
final class Candidates {

  /** More are not looked at in one go, unless none of these is for here. */
  private static final int USUAL = 1_000;

  /** For how long a job that was taken is left alone, unless its slice ends before. */
  private static final Duration TAKEN = Duration.ofMinutes(2);

  private final Desk desk;
  private final Routing routing;
  private final Dispatches dispatches;
  private final Scope scope;
  private final String worker;

  Candidates(Desk desk, Routing routing, Dispatches dispatches, Scope scope, String worker) {
    this.desk = desk;
    this.routing = routing;
    this.dispatches = dispatches;
    this.scope = scope;
    this.worker = worker;
  }

  /**
   * What a manager takes.
   *
   * @param anyPlacement whether it also takes what is placed elsewhere or nowhere
   * @param correlationId the request whose jobs it takes of those that were sent, or null for all
   */
  record Scope(boolean anyPlacement, @Nullable String correlationId) {

    boolean has(Dispatch dispatch) {
      return correlationId == null || correlationId.equals(dispatch.correlationId());
    }
  }

  /**
   * What was found.
   *
   * @param runnable jobs that may run here now, by their turns
   * @param sent how many requests were made to other destinations
   * @param more whether something was placed or sent, so that another look may find more
   * @param next when something is due, which may have passed; null when nothing will be
   */
  record Found(List<Job> runnable, int sent, boolean more, @Nullable Instant next) {}

  Found find() throws InterruptedException {
    if (!desk.here().equals(Destination.LOCAL)) {
      return dispatchedHere();
    }
    dispatches.follow();
    boolean placed = false;
    int sent = 0;
    // What waits for other destinations may be long, and is no reason to do nothing here.
    for (int most = USUAL; ; most = more(most)) {
      List<Job> due = due(most);
      // A lone worker decides nothing that a manager with more destinations would decide otherwise.
      if (!scope.anyPlacement() && routing.place(due)) {
        placed = true;
        due = due(most);
      }
      int sentNow = dispatches.send(due);
      if (sentNow > 0) {
        sent += sentNow;
        due = due(most);
      }
      List<Job> mine = due.stream().filter(this::isMine).toList();
      if (!mine.isEmpty() || due.size() < most) {
        return new Found(
            mine,
            sent,
            placed || sent > 0,
            desk.jobs().nextDue(desk.catalog().names()).orElse(null));
      }
    }
  }

  private static int more(int most) {
    return most > Integer.MAX_VALUE / 10 ? Integer.MAX_VALUE : most * 10;
  }

  private List<Job> due(int most) {
    return desk.jobs().due(desk.now(), desk.catalog().names(), most);
  }

  private boolean isMine(Job job) {
    Placement placement = job.placement();
    return scope.anyPlacement() || placement != null && placement.destination().equals(desk.here());
  }

  /** What this destination was asked to run, and what is placed here without having been sent. */
  private Found dispatchedHere() {
    List<Job> runnable = new ArrayList<>();
    Instant next = desk.jobs().nextDue(desk.catalog().names()).orElse(null);
    for (Job job : desk.jobs().dispatched()) {
      Dispatch dispatch = Objects.requireNonNull(job.dispatch());
      if (isMine(job) && scope.has(dispatch) && desk.catalog().has(job.key())) {
        Instant from = mayRunFrom(desk.progress().get(job.id()));
        if (from != null && !desk.now().isBefore(from)) {
          runnable.add(job);
        } else if (from != null && (next == null || from.isBefore(next))) {
          next = from;
        }
      }
    }
    runnable.addAll(placedHere());
    runnable.sort(Comparator.comparing(job -> job.turn().order()));
    return new Found(List.copyOf(runnable), 0, false, next);
  }

  private List<Job> placedHere() {
    for (int most = USUAL; ; most = more(most)) {
      List<Job> due = due(most);
      List<Job> mine = due.stream().filter(this::isMine).toList();
      if (!mine.isEmpty() || due.size() < most) {
        return mine;
      }
    }
  }

  /** From when a backfill can be claimed; null when a person has to resume it. */
  private @Nullable Instant mayRunFrom(Backfill backfill) {
    if (!backfill.state().status().isClaimable()) {
      return null;
    }
    Backfill.Holder holder = backfill.holder();
    if (holder != null && !holder.expired()) {
      return holder.expiresAt();
    }
    return Objects.requireNonNullElse(backfill.waitsUntil(), Instant.MIN);
  }

  /**
   * Takes a job, unless somebody has changed it since it was found: who took it, completed it or
   * took it back. It is due again when this worker has died with it. One that was sent here is
   * claimed by that.
   */
  Optional<Job> take(Job job) {
    Instant now = desk.now();
    Turn turn = job.turn();
    Job taken =
        job.turned(
            job.state(),
            new Turn(
                turn.queuedAt(), now.plus(TAKEN), turn.order(), turn.attempts(), turn.slices()));
    Dispatch dispatch = job.dispatch();
    if (job.state() == JobState.DISPATCHED && dispatch != null && dispatch.claimedAt() == null) {
      return desk.save(
          taken.dispatched(dispatch.claimed(now)),
          desk.note(Kind.CLAIMED, desk.here(), "taken by " + worker));
    }
    return desk.save(taken);
  }
}
