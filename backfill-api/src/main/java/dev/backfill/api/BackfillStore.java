package dev.backfill.api;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.report.FailureLog;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import java.util.Optional;

/**
 * Everything that a database stores for backfills: progress, jobs, failures, limits, and the
 * history itself.
 *
 * <p><b>Contract.</b> Safe for any number of threads. Each method returns the same part at each
 * call, and sends nothing to the database. All parts belong to one database, so that one
 * transaction stores a chunk's items and its cursor. <i>Closed:</i> never; its connections belong
 * to the host.
 */
public interface BackfillStore {

  /**
   * Returns progress and leases.
   *
   * @return the part that engines use
   */
  ProgressStore progress();

  /**
   * Returns the store of jobs: which backfills run, why, when and where.
   *
   * @return the part that managers use
   */
  JobStore jobs();

  /**
   * Returns the failures that were reported.
   *
   * @return the part that failure reporters use
   */
  FailureLog failures();

  /**
   * Returns the limits of APIs that clients in several processes share.
   *
   * @return the part that clients use
   */
  SharedLimits limits();

  /**
   * Finds the sink for items of a type.
   *
   * @param itemType the type, such as {@code PullRequest.class}
   * @param <T> the type
   * @return a sink that writes into this store's tables; empty if it has none for this type
   */
  <T> Optional<Sink<T>> sink(Class<T> itemType);

  /**
   * Returns the sink for the items of a source.
   *
   * @param source the source
   * @param <T> the type of its items
   * @return a sink that writes into this store's tables
   * @throws InvalidConfigurationException if this store has no tables for the items
   */
  default <T> Sink<T> sinkFor(PullSource<T> source) {
    return source
        .itemType()
        .flatMap(this::sink)
        .orElseThrow(
            () ->
                new InvalidConfigurationException(
                    "The store has no tables for the items of "
                        + source.name()
                        + ". Nothing was started. Pass a sink with the source."));
  }
}
