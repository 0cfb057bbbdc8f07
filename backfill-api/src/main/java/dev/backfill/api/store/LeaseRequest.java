package dev.backfill.api.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A worker's request for a lease.
 *
 * @param owner the worker's name, unique among all workers that are alive; from 1 to 200 characters
 * @param executor the place where the worker runs, such as {@code local} or {@code github-actions};
 *     from 1 to 50 characters
 * @param timeToLive the duration of the lease unless it is renewed; from 1 second to 1 day
 * @param deadOwner a holder known to be dead, whose lease is taken over before it expires, or null
 */
public record LeaseRequest(
    String owner, String executor, Duration timeToLive, @Nullable String deadOwner) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public LeaseRequest {
    if (owner.isBlank() || owner.length() > 200) {
      throw new IllegalArgumentException(
          "owner is \"" + owner + "\"; it must have 1 to 200 characters");
    }
    if (executor.isBlank() || executor.length() > 50) {
      throw new IllegalArgumentException(
          "executor is \"" + executor + "\"; it must have 1 to 50 characters");
    }
    if (timeToLive.compareTo(Duration.ofSeconds(1)) < 0
        || timeToLive.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "the lease's time to live is " + timeToLive + "; it must be from PT1S to PT24H");
    }
  }

  /**
   * Creates a request that takes over no unexpired lease.
   *
   * @param owner the worker's name
   * @param executor the place where it runs
   * @param timeToLive the duration of the lease unless it is renewed
   */
  public LeaseRequest(String owner, String executor, Duration timeToLive) {
    this(owner, executor, timeToLive, null);
  }

  /**
   * Returns the same request, which may also replace a holder that is known to be dead.
   *
   * @param dead the holder's name
   * @return a request that replaces exactly this holder
   */
  public LeaseRequest replacing(String dead) {
    return new LeaseRequest(owner, executor, timeToLive, dead);
  }
}
