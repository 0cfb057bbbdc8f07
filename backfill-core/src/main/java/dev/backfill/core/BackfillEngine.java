package dev.backfill.core;

import dev.backfill.api.event.BackfillListener;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.policy.RateLimitPolicy;
import dev.backfill.api.report.FailureReporter;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.time.TimeSource;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.internal.EventDispatcher;
import dev.backfill.core.internal.LoggingFailureReporter;
import dev.backfill.core.internal.RecordMethods;
import dev.backfill.core.internal.StopSignal;
import dev.backfill.core.internal.StoreTime;
import dev.backfill.core.internal.engine.EngineContext;
import dev.backfill.core.internal.engine.InterceptedSlice;
import dev.backfill.core.internal.engine.QuarantinePages;
import dev.backfill.core.internal.engine.SliceRunner;
import dev.backfill.core.internal.engine.SliceTask;
import dev.backfill.core.policy.AdaptiveRateLimitPolicy;
import dev.backfill.core.policy.Backoff;
import dev.backfill.core.policy.FailureBudget;
import dev.backfill.core.policy.StandardRateLimitPolicy;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceInterceptor;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The engine that runs the chunk loop, one slice at a time. A slice claims the lease and opens the
 * source at the stored cursor. Until the source is exhausted, it asks the policy, fetches a chunk,
 * and commits the chunk with its cursor in one transaction. Cron, a scheduler, a command line and a
 * test all drive the same call.
 *
 * <p>Safe for any number of threads; each call of {@link #runSlice} uses the caller's thread. The
 * engine owns three daemon threads: two renew leases and one calls listeners. {@link #close} ends
 * them. It closes nothing that was passed to it.
 */
public final class BackfillEngine implements AutoCloseable {

  /** The default time for which a lease lasts without a renewal: 60 seconds. */
  public static final Duration DEFAULT_LEASE = Duration.ofSeconds(60);

  private final EngineContext context;
  private final List<SliceInterceptor> interceptors;
  private final boolean enabled;
  private final AtomicBoolean unchecked;

  private BackfillEngine(Builder builder) {
    this.enabled = builder.enabled;
    this.interceptors = List.copyOf(builder.interceptors);
    this.unchecked = new AtomicBoolean(builder.time == TimeSource.system());
    EngineContext.Machine machine =
        builder.machine == null ? EngineContext.Machine.real(builder.random) : builder.machine;
    this.context =
        new EngineContext(
            builder.store,
            new LeaseRequest(machine.worker(), builder.executorName, builder.lease),
            builder.policy,
            builder.backoff,
            builder.budget,
            builder.time,
            builder.random,
            machine,
            new StopSignal(),
            new LongAdder(),
            new EventDispatcher(builder.listeners),
            builder.failureReporter);
  }

  /**
   * Creates a builder.
   *
   * @param store the store of the progress
   * @return a builder with every default set
   */
  public static Builder builder(ProgressStore store) {
    return new Builder(store);
  }

  /**
   * Runs a slice of a job: registers it if it is new, claims its lease, works until the history is
   * done or a limit is reached, and releases the lease. A job that waits until a later time stays
   * untouched until then.
   *
   * @param job the source, the target and the sink
   * @param limits the limits of the slice
   * @param <T> the kind of item
   * @return the end of the slice; failures of the source and the store are results, not exceptions
   * @throws InterruptedException if the thread is interrupted while it fetches or waits; the lease
   *     was released
   * @throws InvalidConfigurationException if backfilling is switched off, or the job's target is
   *     not in its source's notation; nothing was started
   * @throws dev.backfill.api.failure.BackfillException if the store fails before it has found or
   *     registered the job; nothing was started
   */
  public <T> SliceResult runSlice(BackfillSpec<T> job, SliceLimits limits)
      throws InterruptedException {
    check(job);
    return intercepted(
        job, () -> new SliceRunner<>(context, job, limits).run(SliceTask.Verifying.BY_NUMBERS));
  }

  /**
   * Compares everything that a source lists with what is stored, even if the counts agree, and
   * fetches missing items again. First fetches what is new, as {@link #runSlice} does. Counts can
   * agree by accident: an item was deleted at the source after it was stored, and another is
   * missing. An interrupted verification continues where it was.
   *
   * @param job the source, the target and the sink
   * @param limits the limits of the slice
   * @param <T> the kind of item
   * @return as {@link #runSlice}; {@link SliceResult.Done} if everything was compared, or if the
   *     source cannot list or the sink cannot find out what is stored
   * @throws InterruptedException if the thread is interrupted while it fetches or waits; the lease
   *     was released
   * @throws InvalidConfigurationException as {@link #runSlice}
   */
  public <T> SliceResult verify(BackfillSpec<T> job, SliceLimits limits)
      throws InterruptedException {
    check(job);
    return intercepted(
        job, () -> new SliceRunner<>(context, job, limits).run(SliceTask.Verifying.IN_FULL));
  }

  /**
   * Fetches everything that a job has in quarantine again, without a limit.
   *
   * @param job the job
   * @param <T> the kind of item
   * @return as {@link #retryQuarantined(BackfillSpec, Set, SliceLimits)}
   * @throws InterruptedException if the thread is interrupted; the lease was released
   * @throws InvalidConfigurationException as {@link #retryQuarantined(BackfillSpec, Set,
   *     SliceLimits)}
   */
  public <T> SliceResult retryQuarantined(BackfillSpec<T> job) throws InterruptedException {
    return retryQuarantined(job, Set.of(), SliceLimits.UNLIMITED);
  }

  /**
   * Fetches items in quarantine again, as a slice: with its lease, its waits, its failures, and a
   * commit for each chunk. Items that can be stored now leave the quarantine. The others stay, with
   * one more attempt. The cursor does not move, and a complete history stays complete. Each call
   * begins with the first item: {@link BackfillRunner#retryQuarantined} passes through all of them
   * in as many slices as needed.
   *
   * @param job the job
   * @param keys the keys of the items; empty for all. Keys that are not in quarantine are ignored
   * @param limits the limits of the slice
   * @param <T> the kind of item
   * @return {@link SliceResult.Done} if all of them were fetched again, also if some were rejected
   *     again ({@link dev.backfill.api.store.Backfill#counters()} holds the number that is left);
   *     {@link SliceResult.Stopped} with a failure if the source cannot fetch single items
   * @throws InterruptedException if the thread is interrupted while it fetches or waits; the lease
   *     was released
   * @throws InvalidConfigurationException if backfilling is switched off, the job's target is not
   *     in its source's notation, or the store has no such backfill; nothing was started
   * @throws dev.backfill.api.failure.BackfillException if the store fails before it has found the
   *     job; nothing was started
   */
  public <T> SliceResult retryQuarantined(BackfillSpec<T> job, Set<String> keys, SliceLimits limits)
      throws InterruptedException {
    return retryQuarantined(job, new QuarantinePages(keys), limits);
  }

  <T> SliceResult retryQuarantined(BackfillSpec<T> job, QuarantinePages pages, SliceLimits limits)
      throws InterruptedException {
    check(job);
    return intercepted(job, () -> new SliceRunner<>(context, job, limits).retry(pages));
  }

  private SliceResult intercepted(BackfillSpec<?> job, InterceptedSlice.Work slice)
      throws InterruptedException {
    return InterceptedSlice.run(interceptors, job.key(), slice);
  }

  /**
   * Returns the delays with which the engine repeats transient failures.
   *
   * @return the backoff that the builder was given, or the default
   */
  public Backoff backoff() {
    return context.backoff();
  }

  /** Refuses a job that cannot be started, before anything begins. */
  void check(BackfillSpec<?> job) {
    if (!enabled) {
      throw new InvalidConfigurationException(
          "ENABLE_PROGRESSIVE_BACKFILL is false, so "
              + job.key()
              + " was not started. Nothing has changed. Set it to true, or unset it, to run"
              + " backfills.");
    }
    checkClock();
    // Opening sends no request, and refuses a target that is not in the source's notation.
    job.source().open(job.target(), Cursor.START).close();
  }

  /** Checks only the machine's own clock; another one is the caller's. */
  private void checkClock() {
    if (unchecked.get()) {
      StoreTime.check(context.store(), context.time());
      unchecked.set(false);
    }
  }

  /**
   * Asks all slices to end. A fetch or a wait ends at once; a commit is finished first. Slices that
   * are started later end at once. Does not block, and may be called from a shutdown hook.
   */
  public void stop() {
    context.stop().set();
  }

  /**
   * Returns the name under which this engine holds leases.
   *
   * @return the worker's name, unique among processes and engines
   */
  public String worker() {
    return context.leaseRequest().owner();
  }

  EngineContext context() {
    return context;
  }

  /**
   * Stops, delivers pending events to listeners, and ends the engine's threads. Waits for no slice.
   */
  @Override
  public void close() {
    stop();
    context.machine().timers().shutdownNow();
    context.events().close();
    RecordMethods.forgetTypes();
  }

  /** Builder of an engine. Not safe for concurrent use. */
  public static final class Builder {

    private final ProgressStore store;
    private final List<BackfillListener> listeners = new ArrayList<>();
    private final List<SliceInterceptor> interceptors = new ArrayList<>();
    private RateLimitPolicy policy = AdaptiveRateLimitPolicy.ofDefaults();
    private Backoff backoff = Backoff.ofDefaults();
    private FailureBudget budget = FailureBudget.ofDefaults();
    private TimeSource time = TimeSource.system();
    private RandomGenerator random = new Random();
    private FailureReporter failureReporter = new LoggingFailureReporter();
    private Duration lease = DEFAULT_LEASE;
    private String executorName = "local";
    private boolean enabled = true;
    private EngineContext.@Nullable Machine machine;

    private Builder(ProgressStore store) {
      this.store = Objects.requireNonNull(store, "store");
    }

    /**
     * Applies the settings for chunks, and for backfilling being switched on or off.
     *
     * @param settings the settings
     * @return this
     */
    public Builder settings(BackfillSettings settings) {
      this.enabled = settings.enabled().value();
      Integer size = settings.chunkSize().value();
      this.policy =
          size == null
              ? AdaptiveRateLimitPolicy.ofDefaults()
              : StandardRateLimitPolicy.ofDefaults().withFixedSize(size);
      return this;
    }

    /**
     * Sets the policy that decides on chunk sizes and waits; by default {@link
     * AdaptiveRateLimitPolicy}.
     *
     * @param policy the policy
     * @return this
     */
    public Builder policy(RateLimitPolicy policy) {
      this.policy = Objects.requireNonNull(policy, "policy");
      return this;
    }

    /**
     * Sets the delays after transient failures, and the time after which the engine gives up.
     *
     * @param backoff the backoff
     * @return this
     */
    public Builder backoff(Backoff backoff) {
      this.backoff = Objects.requireNonNull(backoff, "backoff");
      return this;
    }

    /**
     * Sets the number of items that may be in quarantine before a job ends as failed; by default
     * 100 items or a tenth of the history, whichever is more.
     *
     * @param budget the budget
     * @return this
     */
    public Builder failureBudget(FailureBudget budget) {
      this.budget = Objects.requireNonNull(budget, "budget");
      return this;
    }

    /**
     * Adds an observer of events.
     *
     * @param listener the listener
     * @return this
     */
    public Builder listener(BackfillListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * Adds an interceptor, which wraps each slice on the thread that runs it.
     *
     * @param interceptor the interceptor; the one that was added first is the outermost
     * @return this
     */
    public Builder sliceInterceptor(SliceInterceptor interceptor) {
      interceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
      return this;
    }

    /**
     * Sets the reporter of failures that a user or operator has to act on; by default the log.
     *
     * @param reporter the reporter
     * @return this
     */
    public Builder failureReporter(FailureReporter reporter) {
      this.failureReporter = Objects.requireNonNull(reporter, "reporter");
      return this;
    }

    /**
     * Sets the time for which a lease lasts without a renewal; by default {@link #DEFAULT_LEASE}.
     * It is the max time for which a job stands still after its worker's machine has died.
     *
     * @param timeToLive from 1 second to 1 day
     * @return this
     * @throws InvalidConfigurationException if it is out of its range
     */
    public Builder lease(Duration timeToLive) {
      if (timeToLive.compareTo(Duration.ofSeconds(1)) < 0
          || timeToLive.compareTo(Duration.ofDays(1)) > 0) {
        throw new InvalidConfigurationException(
            "The lease is " + timeToLive + "; it must be from PT1S to PT24H.");
      }
      this.lease = timeToLive;
      return this;
    }

    /**
     * Sets the name of the place where this engine runs, for users; by default {@code local}.
     *
     * @param name from 1 to 50 characters
     * @return this
     */
    public Builder executorName(String name) {
      this.executorName = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Sets the time source; by default the machine's.
     *
     * @param time the time
     * @return this
     */
    public Builder timeSource(TimeSource time) {
      this.time = Objects.requireNonNull(time, "time");
      return this;
    }

    /**
     * Sets the source of randomness for jitter and attempt ids.
     *
     * @param random safe for as many threads as run slices
     * @return this
     */
    public Builder random(RandomGenerator random) {
      this.random = Objects.requireNonNull(random, "random");
      return this;
    }

    /** Replaces the process's own timers, name and knowledge of other processes. */
    Builder machine(EngineContext.Machine machine) {
      this.machine = machine;
      return this;
    }

    /**
     * Builds the engine.
     *
     * @return an engine; the caller closes it
     */
    public BackfillEngine build() {
      return new BackfillEngine(this);
    }
  }
}
