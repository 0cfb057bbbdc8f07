package dev.backfill.api.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request to another destination to run a job.
 *
 * @param correlationId what request and run are matched by; from 1 to 100 characters
 * @param at when it was made, on the store's clock
 * @param run the run's name there, such as a number; null while it is not known
 * @param url where people see the run, or null while it is not known
 * @param claimedAt when a worker there took the job, on the store's clock; null before
 * @param answered whether the destination is known to have got the request. A request is stored
 *     before it is made: false until the answer, the run or its worker is there
 */
public record Dispatch(
    String correlationId,
    Instant at,
    @Nullable String run,
    @Nullable String url,
    @Nullable Instant claimedAt,
    boolean answered) {

  /**
   * A request that the destination has got.
   *
   * @param correlationId what request and run are matched by; from 1 to 100 characters
   * @param at when it was made
   * @param run the run's name there, or null while it is not known
   * @param url where people see the run, or null while it is not known
   * @param claimedAt when a worker there took the job, or null before
   */
  public Dispatch(
      String correlationId,
      Instant at,
      @Nullable String run,
      @Nullable String url,
      @Nullable Instant claimedAt) {
    this(correlationId, at, run, url, claimedAt, true);
  }

  /**
   * A request that is about to be made.
   *
   * @param correlationId what request and run are matched by; from 1 to 100 characters
   * @param at when it is made
   * @return an unanswered dispatch
   */
  public static Dispatch requested(String correlationId, Instant at) {
    return new Dispatch(correlationId, at, null, null, null, false);
  }

  /**
   * The same request, claimed.
   *
   * @param moment when a worker took the job
   * @return the dispatch
   */
  public Dispatch claimed(Instant moment) {
    return new Dispatch(correlationId, at, run, url, moment, true);
  }

  /**
   * The same request, with the run that it led to.
   *
   * @param name the run's name, or null if the answer did not contain it
   * @param address where people see it, or null
   * @return the dispatch
   */
  public Dispatch ranAs(@Nullable String name, @Nullable String address) {
    return new Dispatch(correlationId, at, name, address, claimedAt, true);
  }
}
