package dev.backfill.core;

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
    return builder.machine(new EngineParts.Machine(timers, worker, knownDead));
  }
}
