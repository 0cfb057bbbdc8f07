package dev.backfill.core;

import dev.backfill.core.internal.engine.EngineContext;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Predicate;

/** Lets the simulation give an engine timers, a name, and what it knows of other workers. */
public final class SimulatedMachine {

  private SimulatedMachine() {}

  public static BackfillEngine.Builder of(
      BackfillEngine.Builder builder,
      ScheduledExecutorService timers,
      String worker,
      Predicate<String> knownDead) {
    return builder.machine(new EngineContext.Machine(timers, worker, knownDead));
  }
}
