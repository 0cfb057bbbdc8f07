package dev.backfill.core.simulation;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import java.time.Duration;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** A host: runs slice after slice on one engine, and does what their results say. */
final class SliceLoop {

  private final BackfillEngine engine;
  private final BackfillSpec<World.Row> job;
  private final SplittableRandom random;
  private final FaultModel faults;
  private final Coverage coverage;
  private final BooleanSupplier registered;
  private final LongSupplier heldFence;

  SliceLoop(
      BackfillEngine engine,
      BackfillSpec<World.Row> job,
      SplittableRandom random,
      FaultModel faults,
      Coverage coverage,
      BooleanSupplier registered,
      LongSupplier heldFence) {
    this.engine = engine;
    this.job = job;
    this.random = random;
    this.faults = faults;
    this.coverage = coverage;
    this.registered = registered;
    this.heldFence = heldFence;
  }

  /** Until the engine is stopped, or the job was done in a calm world from beginning to end. */
  void run(Worker worker, BooleanSupplier stopped) {
    while (!stopped.getAsBoolean()) {
      boolean calm = faults.isCalm();
      boolean retry = registered.getAsBoolean() && random.nextInt(calm ? 30 : 8) == 0;
      SliceResult result;
      worker.beginSlice();
      try {
        SliceLimits limits = limits();
        result =
            retry ? engine.retryQuarantined(job, Set.of(), limits) : engine.runSlice(job, limits);
      } catch (InterruptedException e) {
        worker.log("was interrupted");
        coverage.hit("interrupted slice");
        continue;
      } catch (BackfillException e) {
        if (worker.knowsItsJob()) {
          throw new Violation("failures are results, not exceptions", e.toString());
        }
        worker.log("cannot begin: " + e.getMessage());
        coverage.hit("slice that cannot begin");
        worker.work(Simulation.seconds(1 + random.nextInt(30)));
        continue;
      }
      log(worker, retry, result);
      if (calm && !retry && result instanceof SliceResult.Done) {
        return;
      }
      worker.work(rest(worker, result));
    }
  }

  private void log(Worker worker, boolean retry, SliceResult result) {
    String kind = result.getClass().getSimpleName();
    if (result instanceof SliceResult.Stopped stop) {
      boolean givenUp = stop.message().contains("could not renew");
      if (givenUp) {
        coverage.hit("lease given up by the worker's own clock");
      }
      if (stop.reason() == SliceResult.StopReason.LEASE_LOST
          && !givenUp
          && worker.fence() == heldFence.getAsLong()) {
        throw new Violation("a lease is lost to another one only", stop.message());
      }
      kind = stop.reason().toString();
      worker.log("ends a " + (retry ? "retry" : "slice") + ": " + kind + ", " + stop.message());
      if (stop.failure() instanceof PermanentFailureException failure
          && failure.reason() == PermanentFailureException.Reason.UNEXPECTED) {
        throw new Violation("the program finds no mistake in itself", failure.toString());
      }
    } else {
      worker.log("ends a " + (retry ? "retry" : "slice") + ": " + kind);
    }
    coverage.hit((retry ? "retry: " : "slice: ") + kind);
  }

  private SliceLimits limits() {
    SliceLimits limits = SliceLimits.UNLIMITED.withMaxWait(Duration.ofSeconds(random.nextInt(30)));
    if (random.nextInt(3) == 0) {
      limits = limits.withMaxChunks(1 + random.nextInt(10));
    }
    if (random.nextInt(5) == 0) {
      limits = limits.withMaxDuration(Duration.ofSeconds(1 + random.nextInt(100)));
    }
    return limits;
  }

  private long rest(Worker worker, SliceResult result) {
    long moment = Simulation.millis(1 + random.nextInt(500));
    if (result instanceof SliceResult.ContinueNow) {
      return moment;
    }
    if (result instanceof SliceResult.ContinueAt wait && random.nextInt(4) > 0) {
      return Math.max(0, worker.virtual(wait.until()) - worker.virtualNow()) + moment;
    }
    if (result instanceof SliceResult.Done) {
      return Simulation.seconds(5 + random.nextInt(120));
    }
    return Simulation.seconds(1 + random.nextInt(30));
  }
}
