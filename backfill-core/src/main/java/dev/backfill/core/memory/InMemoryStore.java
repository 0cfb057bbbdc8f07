package dev.backfill.core.memory;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.report.FailureLog;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.time.TimeSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A store in memory, by the same contracts as a database: for tests, for dry runs, and for hosts
 * that start over with each process.
 *
 * <p>It has no tables of its own: {@link #withSink} adds a sink for a type of item. A sink's writes
 * elsewhere are not part of any transaction.
 *
 * <p>Safe for any number of threads; one commit at a time. Its memory grows with the number of
 * chunks and of the jobs' events.
 */
public final class InMemoryStore implements BackfillStore {

  private final InMemoryProgressStore progress;
  private final JobStore jobs;
  private final FailureLog failures;
  private final SharedLimits limits;
  private final Map<Class<?>, Sink<?>> sinks;

  /** Creates an empty store on the machine's clock. */
  public InMemoryStore() {
    this(TimeSource.system());
  }

  /**
   * Creates an empty store.
   *
   * @param time the store's clock, by which leases, claims and limits end
   */
  public InMemoryStore(TimeSource time) {
    Objects.requireNonNull(time, "time");
    this.progress = new InMemoryProgressStore(time);
    this.jobs = new InMemoryJobStore(progress);
    this.failures = new InMemoryFailureLog(time);
    this.limits = new InMemorySharedLimits(time);
    this.sinks = Map.of();
  }

  private InMemoryStore(InMemoryStore other, Map<Class<?>, Sink<?>> sinks) {
    this.progress = other.progress;
    this.jobs = other.jobs;
    this.failures = other.failures;
    this.limits = other.limits;
    this.sinks = Map.copyOf(sinks);
  }

  /**
   * Returns a store with a further sink. Both stores share progress, jobs, failures and limits.
   *
   * @param itemType the type of the items, as {@link dev.backfill.api.source.PullSource#itemType}
   *     returns it; replaces an earlier sink of this type
   * @param sink the sink for the items
   * @param <T> the type
   * @return a store that has the sink
   */
  public <T> InMemoryStore withSink(Class<T> itemType, Sink<T> sink) {
    Map<Class<?>, Sink<?>> all = new HashMap<>(sinks);
    all.put(itemType, Objects.requireNonNull(sink, "sink"));
    return new InMemoryStore(this, all);
  }

  @Override
  public ProgressStore progress() {
    return progress;
  }

  @Override
  public JobStore jobs() {
    return jobs;
  }

  @Override
  public FailureLog failures() {
    return failures;
  }

  @Override
  public SharedLimits limits() {
    return limits;
  }

  // A sink is only ever put under the type of its items.
  @SuppressWarnings("unchecked")
  @Override
  public <T> Optional<Sink<T>> sink(Class<T> itemType) {
    return Optional.ofNullable((Sink<T>) sinks.get(itemType));
  }
}
