package dev.backfill.core;

import dev.backfill.core.internal.engine.EngineContext;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Lets a simulation give an engine a name, and no thread but the caller's. */
public final class SimulatedProcess {

  private static final ScheduledThreadPoolExecutor NO_TIMERS = new NoTimers();

  private SimulatedProcess() {}

  /** Makes an engine a function of what it is given. */
  public static BackfillEngine.Builder of(BackfillEngine.Builder builder, String worker) {
    return builder.machine(new EngineContext.Machine(NO_TIMERS, worker, owner -> false));
  }

  /** Leases last longer than a world. */
  private static final class NoTimers extends ScheduledThreadPoolExecutor {

    NoTimers() {
      super(0);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable command, long initialDelay, long delay, TimeUnit unit) {
      return (ScheduledFuture<?>)
          Proxy.newProxyInstance(
              NoTimers.class.getClassLoader(),
              new Class<?>[] {ScheduledFuture.class},
              (proxy, method, arguments) -> method.getReturnType() == boolean.class ? true : null);
    }

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }
  }
}
