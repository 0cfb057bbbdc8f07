package dev.backfill.core.simulation;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.quota.Quota;
import java.time.Instant;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The way of a worker's requests to the world, and what it was told about its quota. */
final class Gate {

  private final World world;
  private final Worker worker;
  private final FaultModel faults;
  private @Nullable Quota quota;
  private Instant limitedUntil = Instant.MIN;

  Gate(World world, Worker worker, FaultModel faults) {
    this.world = world;
    this.worker = worker;
    this.faults = faults;
  }

  @Nullable Quota quota() {
    return quota;
  }

  <R> R request(long reserve, LongFunction<R> answer) throws InterruptedException {
    Instant now = worker.now();
    if (now.isBefore(limitedUntil)) {
      throw RateLimitedException.secondary(limitedUntil, "still limited");
    }
    Quota known = quota;
    if (known != null && known.remainingAt(now) - world.pageCost < reserve) {
      faults.met("source: kept for others");
      throw RateLimitedException.reserve(known.resetAt(), "kept for others");
    }
    worker.workInterruptibly(faults.latency("slow source"));
    if (faults.strikes("source: refuses for good")) {
      worker.log("is refused for good");
      throw new PermanentFailureException(
          PermanentFailureException.Reason.FORBIDDEN, "the token may not", null);
    }
    if (faults.strikes("source: unreachable")) {
      worker.log("cannot reach the source");
      throw new TransientFailureException("unreachable", null);
    }
    long time = worker.virtualNow();
    if (faults.strikes("source: too fast")) {
      throw limited(
          RateLimitedException.secondary(
              worker.local(time + Simulation.seconds(1 + time % 90)), "too fast"));
    }
    if (!world.spend(world.pageCost, time)) {
      faults.met("source: quota spent");
      throw limited(
          RateLimitedException.primary(worker.local(world.windowEndsAt()), "quota spent"));
    }
    R result = answer.apply(time);
    Quota stated =
        new Quota("core", world.limit, world.remaining(), worker.local(world.windowEndsAt()));
    worker.workInterruptibly(faults.latency("slow source"));
    if (faults.strikes("source: answer lost")) {
      worker.log("loses an answer");
      throw new TransientFailureException("reset", null);
    }
    quota = stated;
    return result;
  }

  /** What was read is out of date at once, and a live sync stores the newer copy first. */
  void meddleWith(World.@Nullable Row read) {
    if (read != null
        && read.equals(world.rows.get(read.key()))
        && faults.strikes("world: changed behind a reader")) {
      World.Row changed = world.change(read, worker.virtualNow(), false);
      worker.log("has read what is now " + changed);
      world.writeLive(changed);
    }
  }

  /** Whether the engine may ask for something now. */
  void checkAllowed(Instant until) {
    if (worker.now().isBefore(until)) {
      throw new Violation(
          "nothing is asked for while it is limited", worker.now() + " is before " + until);
    }
  }

  /** Whether a request keeps what the policy keeps, as soon as anything is known. */
  void checkReserve(long reserve) {
    Quota known = quota;
    if (known != null && reserve != known.limit() / 10) {
      throw new Violation("the reserve is a tenth of the limit", reserve + " of " + known.limit());
    }
  }

  private RateLimitedException limited(RateLimitedException limit) {
    worker.log("is limited until " + limit.until() + ", " + limit.getMessage());
    limitedUntil = limit.until();
    return limit;
  }
}
