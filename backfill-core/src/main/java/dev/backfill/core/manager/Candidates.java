package dev.backfill.core.manager;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Turn;
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
   * @param seen the suspensions as this look sees them
   */
  record Found(List<Job> runnable, int sent, boolean more, @Nullable Instant next, LookedUp seen) {}

  Found find() throws InterruptedException {
    if (!desk.here().equals(Destination.LOCAL)) {
      return dispatchedHere();
    }
    LookedUp seen = new LookedUp(desk.jobs());
    dispatches.follow();
    List<Job> due = due(USUAL);
    boolean placed = place(due, seen);
    if (placed) {
      due = due(USUAL);
    }
    int sent = dispatches.send(due);
    if (sent > 0) {
      due = due(USUAL);
    }
    Look look = look(due, seen);
    return new Found(
        look.mine(),
        sent,
        placed || look.placed() || sent > 0,
        Stream.of(
                desk.jobs().nextDue(desk.catalog().names()),
                Optional.ofNullable(dispatches.nextLook()))
            .flatMap(Optional::stream)
            .min(Comparator.naturalOrder())
            .orElse(null),
        seen);
  }

  /**
   * What was seen.
   *
   * @param mine what may run here
   * @param placed whether something got its place
   */
  private record Look(List<Job> mine, boolean placed) {}

  /** A lone worker decides nothing that a manager with more destinations would decide otherwise. */
  private boolean place(List<Job> due, LookedUp seen) throws InterruptedException {
    return desk.here().equals(Destination.LOCAL)
        && !scope.anyPlacement()
        && routing.place(due, seen);
  }

  /** What waits for other destinations may be long, and is no reason to do nothing here. */
  private Look look(List<Job> usual, LookedUp seen) throws InterruptedException {
    List<Job> due = usual;
    boolean placed = false;
    for (int most = USUAL; ; ) {
      List<Job> mine = due.stream().filter(this::isMine).toList();
      if (!mine.isEmpty() || due.size() < most) {
        return new Look(mine, placed);
      }
      most = most > Integer.MAX_VALUE / 10 ? Integer.MAX_VALUE : most * 10;
      due = due(most);
      if (place(due, seen)) {
        placed = true;
        due = due(most);
      }
    }
  }

  private List<Job> due(int most) {
    return desk.jobs().due(desk.now(), desk.catalog().names(), most);
  }

  private boolean isMine(Job job) {
    Placement placement = job.placement();
    return scope.anyPlacement() || placement != null && placement.destination().equals(desk.here());
  }

  /** What this destination was asked to run, and what is placed here without having been sent. */
  private Found dispatchedHere() throws InterruptedException {
    List<Job> runnable = new ArrayList<>();
    LookedUp seen = new LookedUp(desk.jobs());
    Instant next = desk.jobs().nextDue(desk.catalog().names()).orElse(null);
    List<Job> sent =
        desk.jobs().dispatched().stream()
            .filter(job -> isMine(job) && desk.catalog().has(job.key()))
            .filter(job -> scope.has(Objects.requireNonNull(job.dispatch())))
            .toList();
    Map<BackfillId, Backfill> backfills = desk.backfills(sent);
    for (Job job : sent) {
      Backfill backfill = backfills.get(job.id());
      Instant from = backfill == null ? null : mayRunFrom(backfill);
      if (from != null && !desk.now().isBefore(from)) {
        runnable.add(job);
      } else if (from != null && (next == null || from.isBefore(next))) {
        next = from;
      }
    }
    runnable.addAll(look(due(USUAL), seen).mine());
    runnable.sort(Comparator.comparing(job -> job.turn().order()));
    return new Found(List.copyOf(runnable), 0, false, next, seen);
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
