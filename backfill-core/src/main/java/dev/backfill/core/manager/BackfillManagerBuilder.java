package dev.backfill.core.manager;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.event.BackfillListener;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatcher;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.report.FailureReporter;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.time.TimeSource;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.Retention;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.report.LoggingFailureReporter;
import dev.backfill.core.routing.JobRouter;
import dev.backfill.core.routing.RuleRouter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Builder of a manager. Not safe for concurrent use. */
public final class BackfillManagerBuilder {

  /** The default number of slices that run at once: 3. */
  public static final int DEFAULT_PARALLELISM = 3;

  /** The default share of the source's count below which a history is incomplete: 95 %. */
  public static final double DEFAULT_COMPLETENESS = 0.95;

  final ProgressStore progress;
  final JobStore jobs;
  final List<ManagedSource<?>> sources = new ArrayList<>();
  final List<Dispatcher> dispatchers = new ArrayList<>();
  final List<BackfillListener> listeners = new ArrayList<>();
  private FailureReporter reporter = new LoggingFailureReporter();
  private UnaryOperator<BackfillEngine.Builder> engine = UnaryOperator.identity();
  private @Nullable BackfillSettings settings;
  TimeSource time = TimeSource.system();
  RandomGenerator random = new Random();
  Destination here = Destination.LOCAL;
  boolean anyPlacement;
  @Nullable String correlationId;
  JobRouter router = RuleRouter.standard(RuleRouter.DEFAULT_SHARE);
  int parallelism = DEFAULT_PARALLELISM;
  @Nullable Executor executor;
  FairnessRules fairness = FairnessRules.DEFAULT;
  RetryRules retries = RetryRules.DEFAULT;
  BreakerRules breaker = BreakerRules.DEFAULT;
  DispatchRules dispatch = DispatchRules.DEFAULT;
  @Nullable SyncInterval sync = SyncInterval.DEFAULT;
  double completeness = DEFAULT_COMPLETENESS;
  Duration closeTimeout = Duration.ofSeconds(30);
  @Nullable Duration retention = Retention.DEFAULT;

  /** The interval at which a busy manager checks the store if no slice ends. */
  Duration pollInterval = Duration.ofSeconds(1);

  private final @Nullable BackfillStore store;

  BackfillManagerBuilder(ProgressStore progress, JobStore jobs) {
    this.progress = Objects.requireNonNull(progress, "progress");
    this.jobs = Objects.requireNonNull(jobs, "jobs");
    this.store = null;
  }

  BackfillManagerBuilder(BackfillStore store) {
    this.progress = store.progress();
    this.jobs = store.jobs();
    this.store = store;
  }

  /**
   * Adds a source whose items go into the tables that the store has for them.
   *
   * @param source the source; each name once
   * @param <T> the kind of item
   * @return this
   * @throws InvalidConfigurationException if the store has no tables for the source's items, or the
   *     builder was created without a {@link BackfillStore}
   */
  public <T> BackfillManagerBuilder source(PullSource<T> source) {
    return source
        .itemType()
        .flatMap(type -> store == null ? Optional.<Sink<T>>empty() : store.sink(type))
        .map(sink -> source(source, sink))
        .orElseThrow(
            () ->
                new InvalidConfigurationException(
                    "The store has no tables for the items of "
                        + source.name()
                        + ". Nothing was started. Pass a sink: source(source, sink)."));
  }

  /**
   * Adds a source that the manager fetches for every tracked target.
   *
   * @param source the source; each name once
   * @param sink the sink for its items
   * @param <T> the kind of item
   * @return this
   */
  public <T> BackfillManagerBuilder source(PullSource<T> source, Sink<T> sink) {
    sources.add(
        new ManagedSource<>(
            Objects.requireNonNull(source, "source"), Objects.requireNonNull(sink, "sink")));
    return this;
  }

  /**
   * Applies the settings for chunks, and for backfilling being switched on or off. Switched off,
   * the manager runs nothing and logs that; it still stores what is tracked.
   *
   * @param values the settings
   * @return this
   */
  public BackfillManagerBuilder settings(BackfillSettings values) {
    this.settings = Objects.requireNonNull(values, "values");
    this.retention = values.orchestration().retention();
    return this;
  }

  /**
   * Changes the engine: its policy, lease, backoff, failure budget. The manager itself sets the
   * engine's time, randomness, listener, reporter and executor name.
   *
   * @param change changes the engine's builder
   * @return this
   */
  public BackfillManagerBuilder engine(UnaryOperator<BackfillEngine.Builder> change) {
    this.engine = Objects.requireNonNull(change, "change");
    return this;
  }

  /**
   * Adds an observer of events.
   *
   * @param listener the listener
   * @return this
   */
  public BackfillManagerBuilder listener(BackfillListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * Sets the reporter of failures that a user or operator has to act on; by default the log.
   *
   * @param value the reporter
   * @return this
   */
  public BackfillManagerBuilder failureReporter(FailureReporter value) {
    this.reporter = Objects.requireNonNull(value, "value");
    return this;
  }

  /**
   * Adds another destination for jobs; by default there is none.
   *
   * @param dispatcher the client of that destination
   * @return this
   */
  public BackfillManagerBuilder dispatcher(Dispatcher dispatcher) {
    dispatchers.add(Objects.requireNonNull(dispatcher, "dispatcher"));
    return this;
  }

  /**
   * Sets the router that decides where jobs run; by default {@link RuleRouter#standard} with a
   * share of 25 %. Without a {@linkplain #dispatcher dispatcher} everything runs here.
   *
   * @param value the router
   * @return this
   */
  public BackfillManagerBuilder router(JobRouter value) {
    this.router = Objects.requireNonNull(value, "value");
    return this;
  }

  /**
   * Sets the destination where this manager runs; by default {@link Destination#LOCAL}. A manager
   * elsewhere takes jobs that were sent or placed there, and neither routes nor dispatches.
   *
   * @param destination the destination
   * @return this
   */
  public BackfillManagerBuilder destination(Destination destination) {
    this.here = Objects.requireNonNull(destination, "destination");
    return this;
  }

  /**
   * Sets if this manager also runs due jobs that are placed elsewhere or nowhere, as a lone worker
   * does.
   *
   * @param any true to run them; false by default
   * @return this
   */
  public BackfillManagerBuilder anyPlacement(boolean any) {
    this.anyPlacement = any;
    return this;
  }

  /**
   * Limits the manager to the jobs that were sent to its destination with one request. A run does
   * that with the request that started it. By default it takes all.
   *
   * @param id the request's correlation id, or null for every request
   * @return this
   */
  public BackfillManagerBuilder correlationId(@Nullable String id) {
    this.correlationId = id;
    return this;
  }

  /**
   * Sets the number of slices that run at once; by default {@value #DEFAULT_PARALLELISM}.
   *
   * @param slices from 1 to 100
   * @return this
   * @throws InvalidConfigurationException if it is out of its range
   */
  public BackfillManagerBuilder parallelism(int slices) {
    if (slices < 1 || slices > 100) {
      throw new InvalidConfigurationException(
          "The number of slices at once is " + slices + "; it must be from 1 to 100.");
    }
    this.parallelism = slices;
    return this;
  }

  /**
   * Sets the executor that runs the slices, such as one of virtual threads; by default the
   * manager's own threads. The caller closes it, after the manager.
   *
   * @param value the executor; slices block on it
   * @return this
   */
  public BackfillManagerBuilder executor(Executor value) {
    this.executor = Objects.requireNonNull(value, "value");
    return this;
  }

  /**
   * Sets the rules by which jobs share the workers and the quota.
   *
   * @param rules default {@link FairnessRules#DEFAULT}
   * @return this
   */
  public BackfillManagerBuilder fairness(FairnessRules rules) {
    this.fairness = Objects.requireNonNull(rules, "rules");
    return this;
  }

  /**
   * Sets the rules by which a failed job is tried again.
   *
   * @param rules default {@link RetryRules#DEFAULT}
   * @return this
   */
  public BackfillManagerBuilder retries(RetryRules rules) {
    this.retries = Objects.requireNonNull(rules, "rules");
    return this;
  }

  /**
   * Sets the rules by which the same failure at many targets suspends all work for a while.
   *
   * @param rules default {@link BreakerRules#DEFAULT}
   * @return this
   */
  public BackfillManagerBuilder breaker(BreakerRules rules) {
    this.breaker = Objects.requireNonNull(rules, "rules");
    return this;
  }

  /**
   * Sets the rules by which another destination counts as failing.
   *
   * @param rules default {@link DispatchRules#DEFAULT}
   * @return this
   */
  public BackfillManagerBuilder dispatchRules(DispatchRules rules) {
    this.dispatch = Objects.requireNonNull(rules, "rules");
    return this;
  }

  /**
   * Sets the interval at which complete histories are checked for new items.
   *
   * @param interval default {@link SyncInterval#DEFAULT}; null to check only if a user asks
   * @return this
   */
  public BackfillManagerBuilder syncInterval(@Nullable SyncInterval interval) {
    this.sync = interval;
    return this;
  }

  /**
   * Sets the min age of rows to remove: runs, transitions, events of jobs and chunks of completed
   * backfills. One of all managers removes them once a day. By default {@link Retention#DEFAULT}.
   *
   * @param age at least 1 day; null to keep them for ever
   * @return this
   * @throws InvalidConfigurationException if it is shorter
   */
  public BackfillManagerBuilder retention(@Nullable Duration age) {
    if (age != null && age.compareTo(Duration.ofDays(1)) < 0) {
      throw new InvalidConfigurationException(
          "The retention is "
              + age
              + ". No rows were removed. Set at least P1D, or null for ever.");
    }
    this.retention = age;
    return this;
  }

  /**
   * Sets the share of the source's count below which {@link BackfillManager#detectMissing} reports
   * a history as incomplete; by default {@value #DEFAULT_COMPLETENESS}.
   *
   * @param share from 0 to 1
   * @return this
   * @throws InvalidConfigurationException if it is out of its range
   */
  public BackfillManagerBuilder completeness(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new InvalidConfigurationException(
          "The share for completeness is " + share + "; it must be from 0 to 1.");
    }
    this.completeness = share;
    return this;
  }

  /**
   * Sets the time for which {@link BackfillManager#close} waits for commits under way; by default
   * 30 seconds.
   *
   * @param timeout positive
   * @return this
   * @throws InvalidConfigurationException if it is not positive
   */
  public BackfillManagerBuilder closeTimeout(Duration timeout) {
    if (timeout.isZero() || timeout.isNegative()) {
      throw new InvalidConfigurationException(
          "closeTimeout is " + timeout + "; it must be positive, such as PT30S.");
    }
    this.closeTimeout = timeout;
    return this;
  }

  /**
   * Sets the time source; by default the machine's.
   *
   * @param value the time
   * @return this
   */
  public BackfillManagerBuilder timeSource(TimeSource value) {
    this.time = Objects.requireNonNull(value, "value");
    return this;
  }

  /**
   * Sets the source of randomness for jitter and ids.
   *
   * @param value safe for any number of threads
   * @return this
   */
  public BackfillManagerBuilder random(RandomGenerator value) {
    this.random = Objects.requireNonNull(value, "value");
    return this;
  }

  boolean enabled() {
    return settings == null || settings.enabled().value();
  }

  BackfillEngine engine(BackfillListener listener) {
    BackfillEngine.Builder builder = BackfillEngine.builder(progress);
    if (settings != null) {
      builder.settings(settings);
    }
    return engine
        .apply(builder)
        .timeSource(time)
        .random(random)
        .executorName(here.name())
        .failureReporter(reporter)
        .listener(listener)
        .build();
  }

  /**
   * Builds the manager. Starts nothing.
   *
   * @return a manager; the caller closes it
   * @throws InvalidConfigurationException if it has no source, or one twice
   */
  public BackfillManager build() {
    return new BackfillManager(this);
  }
}
