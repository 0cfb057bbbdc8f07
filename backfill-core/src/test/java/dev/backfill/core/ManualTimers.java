package dev.backfill.core;

import dev.backfill.core.internal.DaemonThreads;
import dev.backfill.core.internal.engine.EngineContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Timers of an engine that run on the test's thread, when the test asks for it. */
final class ManualTimers extends ScheduledThreadPoolExecutor {

  private final Map<ScheduledFuture<?>, Runnable> ticks = new ConcurrentHashMap<>();

  ManualTimers() {
    super(1, DaemonThreads.named("manual-timers"));
  }

  EngineContext.Machine machine() {
    return new EngineContext.Machine(this, "worker", name -> false);
  }

  /** Runs each task that repeats once, unless it was cancelled. */
  void tick() {
    ticks.forEach(
        (future, tick) -> {
          if (!future.isCancelled()) {
            tick.run();
          }
        });
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    ScheduledFuture<?> future = schedule(() -> {}, 1, TimeUnit.DAYS);
    ticks.put(future, command);
    return future;
  }

  /** The next engine of the test uses them too. */
  @Override
  public List<Runnable> shutdownNow() {
    ticks.clear();
    return List.of();
  }
}
