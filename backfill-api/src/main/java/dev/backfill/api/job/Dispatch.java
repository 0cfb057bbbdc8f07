package dev.backfill.api.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request to another destination to run a job.
 *
 * @param correlationId what request and run are matched by; from 1 to 100 characters
 * @param at when it was made, on the manager's clock
 * @param run the run's name there, such as a number; null while it is not known
 * @param url where people see the run, or null while it is not known
 * @param claimedAt when a worker there took the job, on that worker's clock; null before
 */
public record Dispatch(
    String correlationId,
    Instant at,
    @Nullable String run,
    @Nullable String url,
    @Nullable Instant claimedAt) {

  /**
   * The same request, claimed.
   *
   * @param moment when a worker took the job
   * @return the dispatch
   */
  public Dispatch claimed(Instant moment) {
    return new Dispatch(correlationId, at, run, url, moment);
  }

  /**
   * The same request, with the run that it led to.
   *
   * @param name the run's name
   * @param address where people see it, or null
   * @return the dispatch
   */
  public Dispatch ranAs(String name, @Nullable String address) {
    return new Dispatch(correlationId, at, name, address, claimedAt);
  }
}
