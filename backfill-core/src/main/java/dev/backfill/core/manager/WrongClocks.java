package dev.backfill.core.manager;

import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brings back jobs that a manager with a wrong clock has put off for longer than any rule does. */
final class WrongClocks {

  /** Rules of other managers may let a job rest for longer than the own ones do, up to a month. */
  private static final Duration LEAST = Duration.ofDays(31);

  private static final Duration LOOK = Duration.ofMinutes(10);
  private static final int AT_ONCE = 100;

  private final Desk desk;
  private final Duration longest;
  private @Nullable Long lastNanos;

  WrongClocks(Desk desk, Duration longest) {
    this.desk = desk;
    this.longest = longest.compareTo(LEAST) < 0 ? LEAST : longest;
  }

  /** Makes such jobs due, unless it has looked a moment ago. */
  void repair() {
    long nanos = desk.ambience().time().nanoTime();
    Long last = lastNanos;
    if (last != null && nanos - last < LOOK.toNanos()) {
      return;
    }
    lastNanos = nanos;
    for (Job job : desk.jobs().dueAfter(desk.now().plus(longest), AT_ONCE)) {
      desk.change(job, this::dueNow);
    }
  }

  private Desk.@Nullable Change dueNow(Job stored) {
    Instant now = desk.now();
    Turn turn = stored.turn();
    Instant due = turn.dueAt();
    if (due == null || !due.isAfter(now.plus(longest))) {
      return null;
    }
    Instant queued = turn.queuedAt().isAfter(now) ? now : turn.queuedAt();
    return new Desk.Change(
        stored.turned(stored.state(), new Turn(queued, now, now, turn.attempts(), turn.slices())),
        List.of(
            desk.note(
                Kind.RETRIED,
                Desk.destinationOf(stored, desk.here()),
                "it was put off until " + due + ", as only a wrong clock does")));
  }
}
