package dev.backfill.api.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request to another destination to run a job.
 *
 * @param correlationId the id that matches request and run; from 1 to 100 characters
 * @param at time of the request, on the store's clock
 * @param run the run's name there, such as a number; null while unknown
 * @param url address of the run's web page, or null while unknown
 * @param claimedAt time at which a worker there took the job, on the store's clock; null before it
 * @param answered true if the destination has received the request for sure. A request is stored
 *     before it is sent: false until the answer, the run or its worker arrives
 */
public record Dispatch(
    String correlationId,
    Instant at,
    @Nullable String run,
    @Nullable String url,
    @Nullable Instant claimedAt,
    boolean answered) {

  /**
   * Creates a request that the destination has received.
   *
   * @param correlationId the id that matches request and run; from 1 to 100 characters
   * @param at time of the request
   * @param run the run's name there, or null while unknown
   * @param url address of the run's web page, or null while unknown
   * @param claimedAt time at which a worker there took the job, or null before it
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
   * Creates a request that has yet to be sent.
   *
   * @param correlationId the id that matches request and run; from 1 to 100 characters
   * @param at time of the request
   * @return an unanswered dispatch
   */
  public static Dispatch requested(String correlationId, Instant at) {
    return new Dispatch(correlationId, at, null, null, null, false);
  }

  /**
   * Returns the same request, claimed by a worker.
   *
   * @param moment time at which a worker took the job
   * @return the dispatch
   */
  public Dispatch claimed(Instant moment) {
    return new Dispatch(correlationId, at, run, url, moment, true);
  }

  /**
   * Returns the same request, with its run.
   *
   * @param name the run's name, or null if the answer did not contain it
   * @param address address of the run's web page, or null
   * @return the dispatch
   */
  public Dispatch ranAs(@Nullable String name, @Nullable String address) {
    return new Dispatch(correlationId, at, name, address, claimedAt, true);
  }
}
