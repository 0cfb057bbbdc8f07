package dev.backfill.core.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Timers on virtual time; their worker runs what is due. */
final class SimulatedTimers extends AbstractExecutorService implements ScheduledExecutorService {

  private final Scheduler scheduler;
  private final List<Timer<?>> timers = new ArrayList<>();
  private boolean shutdown;

  SimulatedTimers(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** When the next one is due; {@link Long#MAX_VALUE} when there is none. */
  long nextDue() {
    long next = Long.MAX_VALUE;
    for (Timer<?> timer : timers) {
      next = Math.min(next, timer.dueAt);
    }
    return next;
  }

  /** Runs the first one that is due. */
  void runFirst() {
    Timer<?> first = timers.get(0);
    for (Timer<?> timer : timers) {
      first = timer.dueAt < first.dueAt ? timer : first;
    }
    first.fire();
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return add(new Timer<Void>(command, unit.toNanos(delay), 0, false));
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    return add(new Timer<>(callable, unit.toNanos(delay)));
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    return add(new Timer<Void>(command, unit.toNanos(initialDelay), unit.toNanos(period), true));
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    return add(new Timer<Void>(command, unit.toNanos(initialDelay), unit.toNanos(delay), false));
  }

  private <V> Timer<V> add(Timer<V> timer) {
    timers.add(timer);
    return timer;
  }

  @Override
  public void execute(Runnable command) {
    add(new Timer<Void>(command, 0, 0, false));
  }

  @Override
  public void shutdown() {
    shutdown = true;
    timers.clear();
  }

  @Override
  public List<Runnable> shutdownNow() {
    List<Runnable> remaining = List.copyOf(timers);
    shutdown();
    return remaining;
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return shutdown;
  }

  private final class Timer<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {

    private final long period;
    private final boolean fixedRate;
    private long dueAt;

    Timer(Runnable command, long delay, long period, boolean fixedRate) {
      super(command, null);
      this.period = period;
      this.fixedRate = fixedRate;
      this.dueAt = scheduler.now() + delay;
    }

    Timer(Callable<V> command, long delay) {
      super(command);
      this.period = 0;
      this.fixedRate = false;
      this.dueAt = scheduler.now() + delay;
    }

    void fire() {
      if (period == 0) {
        timers.remove(this);
        runChecked();
        return;
      }
      long plannedAt = dueAt;
      dueAt = Long.MAX_VALUE;
      runChecked();
      dueAt = (fixedRate ? plannedAt : scheduler.now()) + period;
    }

    /** A future keeps what was thrown to itself; a dead process must not be survived. */
    private void runChecked() {
      if (period > 0 ? !runAndReset() && failure != null : runOnce() && failure != null) {
        throw failure;
      }
    }

    private boolean runOnce() {
      run();
      return true;
    }

    private @Nullable Error failure;

    @Override
    protected void setException(Throwable thrown) {
      failure =
          thrown instanceof Error error
              ? error
              : new Violation("a timer's task throws nothing", thrown.toString());
      super.setException(thrown);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      timers.remove(this);
      return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public boolean isPeriodic() {
      return period > 0;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(dueAt - scheduler.now(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }
}
