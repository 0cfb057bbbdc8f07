package dev.backfill.micrometer;

import dev.backfill.core.BackfillEngine;
import dev.backfill.core.manager.BackfillManager;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.Objects;

/**
 * The meters of backfills in a {@link MeterRegistry}, and an observation for each slice. {@link
 * #instrument(BackfillManager.Builder)} adds them to the slices of a manager, {@link #bind} adds
 * the figures of its jobs.
 *
 * <p>Tags are bounded: the stream, which is the name of a source, and values from fixed lists. A
 * repository is a tag only if {@link Builder#repositoryTag} adds it. Texts of errors and waits are
 * never tags. Meters have no histograms unless a filter of the registry adds them.
 *
 * <p>Safe for any number of threads. Holds no threads of its own. One instance serves any number of
 * engines; one manager's figures suffice, since managers on one store have the same figures.
 */
public final class BackfillMetrics implements AutoCloseable {

  /** The default min time between two reads of a manager's statistics: 15 seconds. */
  public static final Duration DEFAULT_STATISTICS_INTERVAL = Duration.ofSeconds(15);

  private final EventMeters events;
  private final FailureMeter failures;
  private final SliceObservations observations;
  private final ManagerGauges managers;

  private BackfillMetrics(Builder builder) {
    MeterTags tags = new MeterTags(builder.repositoryTag);
    this.events = new EventMeters(builder.registry, tags);
    this.failures = new FailureMeter(builder.registry, tags);
    this.observations = new SliceObservations(builder.observations);
    this.managers = new ManagerGauges(builder.registry, builder.statisticsInterval);
  }

  /**
   * Creates metrics with every default: bounded tags, and no observations.
   *
   * @param registry the registry for the meters; stays the caller's
   * @return the metrics
   */
  public static BackfillMetrics of(MeterRegistry registry) {
    return builder(registry).build();
  }

  /**
   * Creates a builder.
   *
   * @param registry the registry for the meters; stays the caller's
   * @return a builder with every default
   */
  public static Builder builder(MeterRegistry registry) {
    return new Builder(registry);
  }

  /**
   * Adds the meters and the observation of slices to an engine. Called once for each builder.
   *
   * @param engine the builder of the engine
   * @return the same builder
   */
  public BackfillEngine.Builder instrument(BackfillEngine.Builder engine) {
    return engine.listener(events).sliceInterceptor(observations).sliceInterceptor(failures);
  }

  /**
   * Adds the meters and the observation of slices to a manager. Called once for each builder. The
   * figures of its jobs need {@link #bind}, once the manager is built.
   *
   * @param manager the builder of the manager
   * @return the same builder
   */
  public BackfillManager.Builder instrument(BackfillManager.Builder manager) {
    return manager.listener(events).sliceInterceptor(observations).sliceInterceptor(failures);
  }

  /**
   * Adds the figures of a manager's jobs: their states, the longest overdue time, the quarantine
   * and the circuit breaker. A read of these gauges reads the store, at most once in the
   * {@linkplain Builder#statisticsInterval interval}, and for a hundredth of the time at most:
   * after a slow read the figures count longer, up to 5 minutes. While the store fails, they are
   * not a number. The figures of another manager replace those of the one before.
   *
   * @param manager the manager; stays the caller's
   */
  public void bind(BackfillManager manager) {
    managers.bind(Objects.requireNonNull(manager, "manager"));
  }

  /**
   * Removes the gauges from the registry, which hold the manager. Counters and timers stay. A
   * second call does nothing.
   */
  @Override
  public void close() {
    managers.close();
    events.close();
  }

  /** Builder of metrics. Not safe for concurrent use. */
  public static final class Builder {

    private final MeterRegistry registry;
    private ObservationRegistry observations = ObservationRegistry.NOOP;
    private boolean repositoryTag;
    private Duration statisticsInterval = DEFAULT_STATISTICS_INTERVAL;

    private Builder(MeterRegistry registry) {
      this.registry = Objects.requireNonNull(registry, "registry");
    }

    /**
     * Sets the registry for an observation of each slice, {@code backfill.slice}. Its handlers make
     * spans, timers or log lines of it. By default there are no observations.
     *
     * @param value the registry; stays the caller's
     * @return this
     */
    public Builder observations(ObservationRegistry value) {
      this.observations = Objects.requireNonNull(value, "value");
      return this;
    }

    /**
     * Sets if the meters of chunks, items, waits, failures and spent quota have the repository as a
     * tag. Each repository then adds about 20 time series for each stream, and none is ever
     * removed.
     *
     * @param tag true to add the tag; false by default
     * @return this
     */
    public Builder repositoryTag(boolean tag) {
      this.repositoryTag = tag;
      return this;
    }

    /**
     * Sets the min time between two reads of a manager's statistics; by default {@link
     * #DEFAULT_STATISTICS_INTERVAL}. Reads in between return the same figures.
     *
     * @param interval zero or more
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public Builder statisticsInterval(Duration interval) {
      if (interval.isNegative()) {
        throw new IllegalArgumentException(
            "statisticsInterval is " + interval + "; it must be zero or more, such as PT15S.");
      }
      this.statisticsInterval = interval;
      return this;
    }

    /**
     * Builds the metrics. Registers no meter yet.
     *
     * @return the metrics; the caller closes them
     */
    public BackfillMetrics build() {
      return new BackfillMetrics(this);
    }
  }
}
