package dev.backfill.core.manager;

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
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Collects what a manager is made of. Not safe for concurrent use. */
public final class BackfillManagerBuilder {

  /** How many slices run at once unless stated: 3. */
  public static final int DEFAULT_PARALLELISM = 3;

  /** Under what share of the source's count a history is incomplete unless stated: 95 %. */
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

  /** How often a manager that is busy looks at the store, if no slice ends. */
  Duration pollInterval = Duration.ofSeconds(1);

  BackfillManagerBuilder(ProgressStore progress, JobStore jobs) {
    this.progress = Objects.requireNonNull(progress, "progress");
    this.jobs = Objects.requireNonNull(jobs, "jobs");
  }

  /**
   * Adds a source that is brought of every tracked target.
   *
   * @param source where the items come from; each name once
   * @param sink where they go
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
   * Takes over what the settings say about chunks and whether backfilling is switched on. Switched
   * off, the manager runs nothing and says so; what is tracked is stored all the same.
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
   * Changes the engine: its policy, lease, backoff, failure budget. Time, randomness, listener,
   * reporter and executor name are the manager's, which sets them.
   *
   * @param change what to set
   * @return this
   */
  public BackfillManagerBuilder engine(UnaryOperator<BackfillEngine.Builder> change) {
    this.engine = Objects.requireNonNull(change, "change");
    return this;
  }

  /**
   * Adds somebody who hears of what happens.
   *
   * @param listener the listener
   * @return this
   */
  public BackfillManagerBuilder listener(BackfillListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * Sets who hears of failures that a person has to act on; the log unless stated.
   *
   * @param value the reporter
   * @return this
   */
  public BackfillManagerBuilder failureReporter(FailureReporter value) {
    this.reporter = Objects.requireNonNull(value, "value");
    return this;
  }

  /**
   * Adds another destination that jobs can be sent to; none unless stated.
   *
   * @param dispatcher what sends them
   * @return this
   */
  public BackfillManagerBuilder dispatcher(Dispatcher dispatcher) {
    dispatchers.add(Objects.requireNonNull(dispatcher, "dispatcher"));
    return this;
  }

  /**
   * Sets who decides where jobs run; {@link RuleRouter#standard} with a share of 25 % unless
   * stated. Without a {@linkplain #dispatcher dispatcher} everything runs here.
   *
   * @param value the router
   * @return this
   */
  public BackfillManagerBuilder router(JobRouter value) {
    this.router = Objects.requireNonNull(value, "value");
    return this;
  }

  /**
   * Says where this manager runs; {@link Destination#LOCAL} unless stated. A manager elsewhere
   * takes what was sent or placed there, and neither routes nor dispatches.
   *
   * @param destination where
   * @return this
   */
  public BackfillManagerBuilder destination(Destination destination) {
    this.here = Objects.requireNonNull(destination, "destination");
    return this;
  }

  /**
   * Has this manager also run due jobs that are placed elsewhere or nowhere, as a lone worker does.
   *
   * @param any whether it does; false unless stated
   * @return this
   */
  public BackfillManagerBuilder anyPlacement(boolean any) {
    this.anyPlacement = any;
    return this;
  }

  /**
   * Has this manager take, of what was sent to its destination, only what was sent with one
   * request, as the run does that the request led to. Everything, unless stated.
   *
   * @param id the request's correlation id, or null for every request
   * @return this
   */
  public BackfillManagerBuilder correlationId(@Nullable String id) {
    this.correlationId = id;
    return this;
  }

  /**
   * Sets how many slices run at once; {@value #DEFAULT_PARALLELISM} unless stated.
   *
   * @param slices from 1 to 100
   * @return this
   * @throws InvalidConfigurationException when it is out of its range
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
   * Sets what runs the slices, such as one of virtual threads; threads of the manager's own unless
   * stated. The caller closes it, after the manager.
   *
   * @param value the executor; slices block on it
   * @return this
   */
  public BackfillManagerBuilder executor(Executor value) {
    this.executor = Objects.requireNonNull(value, "value");
    return this;
  }

  /**
   * Sets how jobs share the workers and the quota.
   *
   * @param rules default {@link FairnessRules#DEFAULT}
   * @return this
   */
  public BackfillManagerBuilder fairness(FairnessRules rules) {
    this.fairness = Objects.requireNonNull(rules, "rules");
    return this;
  }

  /**
   * Sets when a job that failed is tried again.
   *
   * @param rules default {@link RetryRules#DEFAULT}
   * @return this
   */
  public BackfillManagerBuilder retries(RetryRules rules) {
    this.retries = Objects.requireNonNull(rules, "rules");
    return this;
  }

  /**
   * Sets when the same failure everywhere stops all work for a while.
   *
   * @param rules default {@link BreakerRules#DEFAULT}
   * @return this
   */
  public BackfillManagerBuilder breaker(BreakerRules rules) {
    this.breaker = Objects.requireNonNull(rules, "rules");
    return this;
  }

  /**
   * Sets when another destination counts as failing.
   *
   * @param rules default {@link DispatchRules#DEFAULT}
   * @return this
   */
  public BackfillManagerBuilder dispatchRules(DispatchRules rules) {
    this.dispatch = Objects.requireNonNull(rules, "rules");
    return this;
  }

  /**
   * Sets how often complete histories are looked at for what is new.
   *
   * @param interval default {@link SyncInterval#DEFAULT}; null for never, unless somebody asks
   * @return this
   */
  public BackfillManagerBuilder syncInterval(@Nullable SyncInterval interval) {
    this.sync = interval;
    return this;
  }

  /**
   * Sets the age from which on rows of runs, transitions, events of jobs and chunks of completed
   * backfills are removed, once a day by one of all managers; {@link Retention#DEFAULT} unless
   * stated.
   *
   * @param age at least 1 day; null to keep them for ever
   * @return this
   * @throws InvalidConfigurationException when it is shorter
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
   * Sets under what share of the source's count {@link BackfillManager#detectMissing} takes a
   * history for incomplete; {@value #DEFAULT_COMPLETENESS} unless stated.
   *
   * @param share from 0 to 1
   * @return this
   * @throws InvalidConfigurationException when it is out of its range
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
   * Sets how long {@link BackfillManager#close} waits for chunks that are being stored; 30 seconds
   * unless stated.
   *
   * @param timeout positive
   * @return this
   * @throws InvalidConfigurationException when it is not positive
   */
  public BackfillManagerBuilder closeTimeout(Duration timeout) {
    if (timeout.isZero() || timeout.isNegative()) {
      throw new InvalidConfigurationException(
          "The time for closing is " + timeout + "; it must be positive, such as PT30S.");
    }
    this.closeTimeout = timeout;
    return this;
  }

  /**
   * Sets the time; the machine's unless stated.
   *
   * @param value the time
   * @return this
   */
  public BackfillManagerBuilder timeSource(TimeSource value) {
    this.time = Objects.requireNonNull(value, "value");
    return this;
  }

  /**
   * Sets where jitter and names come from.
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
   * @throws InvalidConfigurationException when it has no source, or one twice
   */
  public BackfillManager build() {
    return new BackfillManager(this);
  }
}
