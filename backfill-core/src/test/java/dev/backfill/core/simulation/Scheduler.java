package dev.backfill.core.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time, and a baton: of all actors' threads only the one that holds it runs. Who yields
 * picks the next by virtual time, chance deciding between equals, and hands the baton over.
 */
final class Scheduler {

  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "simulated-worker");
            thread.setDaemon(true);
            return thread;
          });

  private final SplittableRandom random;
  private final long maxSteps;
  private final List<Actor> actors = new ArrayList<>();
  private final PriorityQueue<Happening> happenings =
      new PriorityQueue<>(
          Comparator.comparingLong(Happening::at).thenComparingLong(Happening::order));
  private final AtomicInteger living = new AtomicInteger();
  private final Thread main = Thread.currentThread();
  private volatile @Nullable Actor running;
  private volatile boolean ended;
  private volatile @Nullable Throwable broken;
  private long now;
  private long steps;
  private long order;

  Scheduler(SplittableRandom random, long maxSteps) {
    this.random = random;
    this.maxSteps = maxSteps;
  }

  /** Nanoseconds since the beginning of the simulated world. */
  long now() {
    return now;
  }

  long steps() {
    return steps;
  }

  /** Something happens in the world, on whichever thread holds the baton then. */
  void after(long nanos, Runnable what) {
    happenings.add(new Happening(now + nanos, order++, what));
  }

  void start(Actor actor) {
    actors.add(actor);
    actor.wakeAt = now;
    living.incrementAndGet();
    THREADS.execute(
        () -> {
          actor.thread = Thread.currentThread();
          try {
            await(actor);
            actor.live();
            actors.remove(actor);
            passOn(null);
          } catch (Unwinding e) {
            // Only an end of the whole simulation gets here.
          } catch (Throwable e) {
            fail(e);
          } finally {
            Thread.interrupted();
            living.decrementAndGet();
            LockSupport.unpark(main);
          }
        });
  }

  /** Runs until no actor and no happening is left; on the thread that made the scheduler. */
  void run() {
    try {
      passOn(null);
    } catch (Throwable e) {
      fail(e);
    }
    while (!(ended || broken != null) || living.get() > 0) {
      LockSupport.park(this);
    }
    Throwable failure = broken;
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
  }

  /** Lets others run until the actor's time has come. */
  void yield(Actor self) {
    if (broken != null) {
      throw new Unwinding("the simulation has ended");
    }
    passOn(self);
  }

  private void passOn(@Nullable Actor self) {
    Actor next = next();
    if (next == null) {
      ended = true;
      LockSupport.unpark(main);
      return;
    }
    if (next == self) {
      return;
    }
    running = next;
    Thread thread = next.thread;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
    if (self != null) {
      await(self);
    }
  }

  private void await(Actor self) {
    boolean interrupted = false;
    while (running != self) {
      if (broken != null) {
        throw new Unwinding("the simulation has ended");
      }
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable Actor next() {
    while (true) {
      if (++steps > maxSteps) {
        throw new Violation("everything ends", "it has not after " + maxSteps + " steps");
      }
      Actor first = first();
      Happening happening = happenings.peek();
      if (happening != null && (first == null || happening.at <= first.due())) {
        happenings.remove();
        now = Math.max(now, happening.at);
        happening.what.run();
      } else {
        if (first != null) {
          now = Math.max(now, first.due());
        }
        return first;
      }
    }
  }

  private @Nullable Actor first() {
    Actor first = null;
    int equals = 1;
    for (Actor actor : actors) {
      long due = actor.due();
      if (first == null || due < first.due()) {
        first = actor;
        equals = 1;
      } else if (due == first.due() && random.nextInt(++equals) == 0) {
        first = actor;
      }
    }
    return first;
  }

  private void fail(Throwable failure) {
    if (broken == null) {
      broken = failure;
    }
    for (Actor actor : List.copyOf(actors)) {
      Thread thread = actor.thread;
      if (thread != null) {
        LockSupport.unpark(thread);
      }
    }
    LockSupport.unpark(main);
  }

  private record Happening(long at, long order, Runnable what) {}

  /** Something with a thread of its own. */
  abstract static class Actor {

    private volatile @Nullable Thread thread;
    private long wakeAt;
    private long stalledUntil;

    abstract void live();

    /** The first moment after the stall at which it has something to do. */
    final long due() {
      return Math.max(wakeAt, stalledUntil);
    }

    final void wakeAt(long nanos) {
      wakeAt = nanos;
    }

    final void interrupt() {
      Thread interrupted = thread;
      if (interrupted != null) {
        interrupted.interrupt();
      }
      wakeAt = 0;
    }

    /** Is not scheduled until then, whatever becomes due. */
    final void stallUntil(long nanos) {
      stalledUntil = nanos;
    }
  }
}
