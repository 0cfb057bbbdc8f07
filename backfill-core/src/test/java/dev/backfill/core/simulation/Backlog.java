package dev.backfill.core.simulation;

import dev.backfill.api.failure.BackfillException;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Calls that reached the database and whose callers know nothing of their outcome. One that holds
 * the row's lock is decided before anything else writes there; one that is still on its way may
 * arrive behind others.
 */
final class Backlog {

  /** After this long nothing is undecided any more. */
  static final long MAX_WAY = Simulation.seconds(101);

  private final Scheduler scheduler;
  private final SplittableRandom random;
  private final History history;
  private final Coverage coverage;
  private @Nullable Runnable locked;

  Backlog(Scheduler scheduler, SplittableRandom random, History history, Coverage coverage) {
    this.scheduler = scheduler;
    this.random = random;
    this.history = history;
    this.coverage = coverage;
  }

  /** The call holds the lock until it is decided, at the latest after a while. */
  void lock(String what, Runnable call) {
    settle();
    Runnable decided =
        () -> {
          if (random.nextBoolean()) {
            coverage.hit("undecided call applied");
            apply(what, call);
          } else {
            coverage.hit("undecided call dropped");
            history.add("the store", "drops an undecided " + what);
          }
        };
    locked = decided;
    scheduler.after(
        Simulation.millis(random.nextInt(100_000)),
        () -> {
          if (locked == decided) {
            settle();
          }
        });
  }

  /** The call arrives later. */
  void delay(String what, Runnable call) {
    scheduler.after(
        Simulation.millis(random.nextInt(random.nextBoolean() ? 500 : 100_000)),
        () -> {
          settle();
          coverage.hit("late call applied");
          apply(what, call);
        });
  }

  /** Decides what holds the lock, as whoever else wants to write waits for it. */
  void settle() {
    Runnable call = locked;
    locked = null;
    if (call != null) {
      call.run();
    }
  }

  private void apply(String what, Runnable call) {
    history.add("the store", "applies a " + what + " that nobody waits for");
    try {
      call.run();
    } catch (BackfillException | IllegalStateException e) {
      history.add("the store", "refuses it: " + e.getMessage());
    }
  }
}
