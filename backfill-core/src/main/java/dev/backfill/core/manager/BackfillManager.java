package dev.backfill.core.manager;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.event.BackfillListener;
import dev.backfill.api.event.Progress;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatcher;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Priority;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.report.FailureReporter;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.api.store.Sink;
import dev.backfill.api.time.TimeSource;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.Retention;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.internal.DaemonThreads;
import dev.backfill.core.internal.EventDispatcher;
import dev.backfill.core.internal.LoggingFailureReporter;
import dev.backfill.core.internal.RecordMethods;
import dev.backfill.core.internal.StoreTime;
import dev.backfill.core.routing.JobRouter;
import dev.backfill.core.run.SliceInterceptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entry point for orchestration: tracks many targets, and runs their backfills.
 *
 * <p>Jobs are stored, and any number of managers in any number of processes share them. Each slice
 * needs its backfill's lease, and a manager takes over the work of a dead one. Jobs take turns by
 * {@link ManagerRules.Fairness}; while a source's quota is used up, its jobs wait together. Failed
 * jobs are tried again by {@link ManagerRules.Retries}, and none is given up for good. The manager
 * repeats the store's calls after transient failures with the engine's {@link
 * BackfillEngine#backoff}.
 *
 * <p>Safe for any number of threads, except that only one call of {@link #runDue} or {@link
 * #runFor} may be under way at a time, or the loop of {@link #start}. Holds no static state. It
 * closes its own engine and threads, and nothing that was passed to it.
 */
public final class BackfillManager implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BackfillManager.class);
  private static final int MAX_TRIGGER = 200;
  private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(15);

  private final JobUpdater updater;
  private final ProgressStore store;
  private final JobStore jobStore;
  private final CircuitBreaker breaker;
  private final TimeSource ownTime;
  private final StoreTime storeTime;
  private final BackfillEngine engine;
  private final EventDispatcher events;
  private final JobTriggers triggers;
  private final GapDetector detection;
  private final WorkLoop loop;
  private final @Nullable ExecutorService ownExecutor;
  private final Duration closeTimeout;
  private final boolean enabled;
  private final AtomicReference<@Nullable CountDownLatch> working = new AtomicReference<>();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private volatile @Nullable Thread worker;

  BackfillManager(Builder settings) {
    SourceRegistry registry = new SourceRegistry(settings.sources);
    ManagerRules rules = settings.rules;
    this.enabled = settings.enabled();
    this.closeTimeout = settings.closeTimeout;
    this.events = new EventDispatcher(settings.listeners);
    QuotaWatch quota = new QuotaWatch();
    this.engine =
        settings.engine(
            event -> {
              quota.onEvent(event);
              events.publish(event);
            });
    StoreRetrier retrier =
        new StoreRetrier(settings.time, settings.random, engine.backoff(), this::isStopped);
    ProgressStore progress = retrier.with(ProgressStore.class, settings.progress);
    this.store = settings.progress;
    this.jobStore = settings.jobs;
    this.ownTime = settings.time;
    this.storeTime = new StoreTime(progress, settings.time);
    this.updater =
        new JobUpdater(
            progress,
            retrier.with(JobStore.class, settings.jobs),
            registry,
            new JobUpdater.Environment(storeTime, settings.random, settings.here),
            events::publish);
    this.triggers = new JobTriggers(updater, rules.fairness());
    HistorySizes sizes = new HistorySizes(updater);
    this.detection = new GapDetector(updater, triggers, sizes, settings.completeness);
    this.breaker = new CircuitBreaker(updater, rules.breaker());
    DestinationBreaker destinationBreaker = new DestinationBreaker(updater, rules.dispatches());
    ManagerRules.Sync sync = rules.sync();
    JobOutcomeHandler outcomeHandler =
        new JobOutcomeHandler(
            updater,
            rules,
            breaker,
            destinationBreaker,
            () -> sync == null ? null : sync.now(load(), settings.parallelism, quota.latest()));
    this.ownExecutor =
        settings.executor == null
            ? Executors.newCachedThreadPool(DaemonThreads.named("backfill-slice"))
            : null;
    Executor executor =
        settings.executor == null ? Objects.requireNonNull(ownExecutor) : settings.executor;
    DueJobs dueJobs =
        new DueJobs(
            updater,
            new JobPlacer(
                updater,
                settings.router,
                settings.dispatchers.stream()
                    .map(Dispatcher::destination)
                    .collect(Collectors.toSet()),
                sizes),
            new RemoteDispatches(updater, settings.dispatchers, rules, outcomeHandler),
            new DueJobs.Scope(settings.anyPlacement, settings.correlationId),
            engine.worker());
    WrongClocks wrongClocks = new WrongClocks(updater, rules.maxDelay());
    this.loop =
        new WorkLoop(
            updater,
            dueJobs,
            new SliceExecutor(
                updater, engine, executor, rules.fairness(), settings.pollInterval, outcomeHandler),
            breaker,
            new Pruning(updater, settings.retention),
            () -> {
              storeTime.refresh();
              wrongClocks.repair();
            },
            settings.parallelism);
  }

  /**
   * Creates a builder.
   *
   * @param progress the store of the progress
   * @param jobs the store of the jobs, beside the progress
   * @return a builder with every default set
   */
  public static Builder builder(ProgressStore progress, JobStore jobs) {
    return new Builder(progress, jobs);
  }

  /**
   * Creates a builder for a manager over a whole store, whose tables take the items.
   *
   * @param store the store
   * @return a builder with every default
   */
  public static Builder builder(BackfillStore store) {
    return new Builder(store);
  }

  private boolean isStopped() {
    return stopped.get();
  }

  private int load() {
    return loop.due();
  }

  /**
   * Starts tracking a target: fetches its history from every source, then new items at the sync
   * interval. Has no effect on backfills that are tracked already.
   *
   * @param target the target in the sources' notation, such as {@code apache/kafka}
   * @return the backfills that are new; empty if the target was tracked with all sources
   * @throws InvalidConfigurationException if the target is not in a source's notation
   */
  public List<BackfillKey> track(String target) {
    updater.registry().check(target);
    storeTime.refresh();
    Trigger trigger = new Trigger(Priority.TRACKED, "newly tracked");
    return woken(
        updater.registry().keys(target).stream()
            .filter(key -> triggers.track(key, trigger))
            .toList());
  }

  /**
   * Stops tracking a target. Stored items and progress stay: once tracked again, it continues. A
   * running slice ends as it would.
   *
   * @param target the target
   * @param by the user and the reason
   * @return the backfills that were tracked
   */
  public List<BackfillKey> untrack(String target, RequestedBy by) {
    List<BackfillKey> removed = new ArrayList<>();
    for (Job job : jobs(target)) {
      if (updater.jobs().remove(job.id(), updater.event(job, Kind.UNTRACKED, null, request(by)))) {
        removed.add(job.key());
      }
    }
    return List.copyOf(removed);
  }

  /**
   * Moves a target to the front of the queue and updates it now: fetches what its history lacks,
   * and new items. Tracks it if it is not tracked. Idempotent while it is under way.
   *
   * @param target the target
   * @param by the user and the reason
   * @return the backfills that have new work
   * @throws InvalidConfigurationException if the target is not in a source's notation
   */
  public List<BackfillKey> sync(String target, RequestedBy by) {
    updater.registry().check(target);
    storeTime.refresh();
    Trigger trigger = new Trigger(Priority.MANUAL, request(by));
    return woken(
        updater.registry().keys(target).stream()
            .filter(key -> triggers.queue(key, trigger))
            .toList());
  }

  /**
   * Compares the stored items of every tracked target with those of its sources, and queues work
   * for missing ones. Costs a request or two for each complete history. Idempotent: queued work is
   * not queued again.
   *
   * @return the missing histories, certain or possible; empty if nothing is missing except what is
   *     under way
   * @throws dev.backfill.api.failure.RateLimitedException if quota is missing; the work found until
   *     then is queued
   * @throws BackfillException if the store fails
   * @throws InterruptedException if the thread is interrupted
   */
  public List<Finding> detectMissing() throws InterruptedException {
    storeTime.refresh();
    List<Finding> findings = detection.detect();
    if (!findings.isEmpty()) {
      loop.wake();
    }
    return findings;
  }

  /**
   * Pauses all backfills of a target, also those that another process works on. A pause takes
   * effect after the chunk that is being stored, and stays until a {@link #resume}.
   *
   * @param target the target
   * @param by the user and the reason
   * @return the backfills in their state now; empty if the target is not tracked
   */
  public List<Backfill> pause(String target, RequestedBy by) {
    return control(target, Control.PAUSE, by);
  }

  /**
   * Resumes all backfills of a target after a pause, a cancel or a failure, or before a wait is
   * over.
   *
   * @param target the target
   * @param by the user and the reason
   * @return the backfills in their state now; empty if the target is not tracked
   */
  public List<Backfill> resume(String target, RequestedBy by) {
    return control(target, Control.RESUME, by);
  }

  /**
   * Cancels all backfills of a target, also those that another process works on. Stored items stay.
   *
   * @param target the target
   * @param by the user and the reason
   * @return the backfills in their state now; empty if the target is not tracked
   */
  public List<Backfill> cancel(String target, RequestedBy by) {
    return control(target, Control.CANCEL, by);
  }

  private List<Backfill> control(String target, Control control, RequestedBy by) {
    return woken(
        jobs(target).stream()
            .map(job -> updater.progress().control(job.id(), control, by))
            .toList());
  }

  /** Returns the words for a request, as triggers and notes record it: at most 200 characters. */
  private static String request(RequestedBy by) {
    String words = "asked for by " + by.actor() + (by.reason() == null ? "" : ": " + by.reason());
    return words.length() <= MAX_TRIGGER ? words : words.substring(0, MAX_TRIGGER - 3) + "...";
  }

  /**
   * Reads a target's histories again from their starts, as {@link
   * dev.backfill.api.store.ProgressStore#reload} describes. Tracked ones move to the front of the
   * queue; the others begin with their next run.
   *
   * @param target the target
   * @param by the user and the reason, which has at most 900 characters
   * @return the backfills that begin again; without those that a worker holds, which have to be
   *     paused first
   */
  public List<Backfill> reload(String target, RequestedBy by) {
    Trigger trigger = new Trigger(Priority.MANUAL, request(by));
    List<Backfill> reloaded = new ArrayList<>();
    for (BackfillKey key : updater.registry().keys(target)) {
      updater
          .progress()
          .find(key)
          .flatMap(found -> updater.progress().reload(found.id(), by))
          .ifPresent(reloaded::add);
    }
    for (Backfill backfill : reloaded) {
      if (updater.jobs().find(backfill.key()).isPresent()) {
        triggers.queue(backfill.key(), trigger);
      }
    }
    return woken(List.copyOf(reloaded));
  }

  /**
   * Explains why a target's backfills are in their state. Changes nothing.
   *
   * @param target the target, such as {@code apache/kafka}
   * @return the explanation; without streams if the store has no backfill of the target
   * @throws BackfillException if the store fails
   */
  public Explanation explain(String target) {
    return Explanation.of(updater.progress(), updater.jobs(), target, ownTime);
  }

  /**
   * Returns the names of this manager's sources.
   *
   * @return the names; not modifiable
   */
  public Set<String> sources() {
    return updater.registry().names();
  }

  /**
   * Returns the statistics of all jobs of this manager's sources. Reads all jobs and backfills from
   * the store, with three queries. Repeats none after a failure, so that a monitor does not wait.
   *
   * @return the statistics
   * @throws BackfillException if the store fails
   */
  public JobStatistics statistics() {
    List<Job> jobs = jobStore.list();
    List<Backfill> backfills = store.list();
    JobStatistics.Circuit circuit = breaker.state(new SuspensionCache(jobStore));
    return JobStatistics.of(updater.registry().names(), jobs, backfills, circuit, storeTime.now());
  }

  /**
   * Disables a destination: sends no jobs there until {@link #enable}. Jobs that were placed there
   * and not sent come back; runs that were requested already may still begin.
   *
   * @param destination the destination
   * @param by the user and the reason
   */
  public void disable(Destination destination, RequestedBy by) {
    storeTime.refresh();
    String reason = by.reason() == null ? "disabled" : by.reason();
    updater
        .jobs()
        .suspend(
            new Suspension(Suspension.of(destination), reason, by.actor(), updater.now(), null, 1));
  }

  /**
   * Enables a destination again, whether a user or its breaker had disabled it.
   *
   * @param destination the destination
   * @return false if it was not disabled
   */
  public boolean enable(Destination destination) {
    return updater.jobs().resume(Suspension.of(destination));
  }

  /**
   * Runs due jobs, on this thread and the executor's, until none is due: for cron and serverless.
   * Waits for no quota and no later time.
   *
   * @return the summary, with the time at which there is work again
   * @throws InvalidConfigurationException if this machine's clock is more than five minutes away
   *     from the store's; the message has both times
   * @throws BackfillException if the store fails for longer than the engine's backoff lasts, 90
   *     seconds by default, or for good
   * @throws InterruptedException if the thread is interrupted; {@link #close} waits for running
   *     slices
   */
  public RunSummary runDue() throws InterruptedException {
    return work(null, WorkLoop.Idle.RETURN);
  }

  /**
   * Runs due jobs, until none is due or the time is up.
   *
   * @param limit the time after which no further slice begins, and running ones end; positive
   * @return the summary, with the time at which there is work again
   * @throws InvalidConfigurationException if this machine's clock is more than five minutes away
   *     from the store's; the message has both times
   * @throws BackfillException if the store fails for longer than the engine's backoff lasts, 90
   *     seconds by default, or for good
   * @throws InterruptedException if the thread is interrupted; {@link #close} waits for running
   *     slices
   */
  public RunSummary runDue(Duration limit) throws InterruptedException {
    return work(limit, WorkLoop.Idle.RETURN);
  }

  /**
   * Runs due jobs, and waits for quota and for later jobs, until the time is up or no job will be
   * due in time: for a process whose time is bounded.
   *
   * @param limit the time after which no further slice begins, and running ones end; positive
   * @return the summary, with the time at which there is work again
   * @throws InvalidConfigurationException if this machine's clock is more than five minutes away
   *     from the store's; the message has both times
   * @throws BackfillException if the store fails for longer than the engine's backoff lasts, 90
   *     seconds by default, or for good
   * @throws InterruptedException if the thread is interrupted; {@link #close} waits for running
   *     slices
   */
  public RunSummary runFor(Duration limit) throws InterruptedException {
    return work(limit, WorkLoop.Idle.WAIT_IN_TIME);
  }

  /**
   * Runs due jobs, and waits for later and new ones, on this thread, until {@link #stop} or {@link
   * #close}: for a process that does nothing else. Failures are logged, and the loop continues.
   *
   * @return the summary; only of the time since the last failure of the store, if there was one
   * @throws InterruptedException if the thread is interrupted; {@link #close} waits for running
   *     slices
   */
  public RunSummary runForEver() throws InterruptedException {
    return alone(
        () -> {
          RunSummary summary = RunSummary.NOTHING;
          while (!loop.isStopped()) {
            try {
              summary = loop.work(null, WorkLoop.Idle.WAIT);
            } catch (RuntimeException | Error e) {
              LOG.error(
                  "The manager continues in {}, since: {}", AFTER_A_FAILURE, e.getMessage(), e);
              pause();
            }
          }
          return summary;
        });
  }

  private RunSummary work(@Nullable Duration limit, WorkLoop.Idle idle)
      throws InterruptedException {
    if (limit != null && (limit.isZero() || limit.isNegative())) {
      throw new InvalidConfigurationException(
          "The max duration is " + limit + "; it must be positive, such as PT10M.");
    }
    return alone(() -> loop.work(limit, idle));
  }

  /** One run of the manager; only one thread runs it at a time. */
  @FunctionalInterface
  private interface Work {
    RunSummary run() throws InterruptedException;
  }

  private RunSummary alone(Work work) throws InterruptedException {
    Thread started = worker;
    if (started != null && started != Thread.currentThread()) {
      throw new IllegalStateException("this manager was started and is running already");
    }
    if (!enabled) {
      LOG.info(
          "ENABLE_PROGRESSIVE_BACKFILL is false. Nothing is run, and nothing was changed. Set it to true, or unset it, to run backfills.");
      return RunSummary.NOTHING;
    }
    CountDownLatch latch = new CountDownLatch(1);
    if (!working.compareAndSet(null, latch)) {
      throw new IllegalStateException("this manager is running already");
    }
    try {
      StoreTime.check(store, ownTime);
      return work.run();
    } finally {
      working.set(null);
      latch.countDown();
    }
  }

  /**
   * Starts a thread that runs due jobs until {@link #close}. Failures are logged, and the thread
   * continues.
   *
   * @throws IllegalStateException if the manager was started or closed already
   */
  public synchronized void start() {
    if (worker != null || loop.isStopped()) {
      throw new IllegalStateException("this manager was started or closed already");
    }
    StoreTime.check(store, ownTime);
    Thread thread = DaemonThreads.named("backfill-manager").newThread(this::workForEver);
    worker = thread;
    thread.start();
  }

  private void workForEver() {
    try {
      runForEver();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pause() throws InterruptedException {
    Duration step = Duration.ofSeconds(1);
    for (Duration remaining = AFTER_A_FAILURE;
        !remaining.isZero() && !loop.isStopped();
        remaining = remaining.minus(step)) {
      updater.environment().time().sleep(step);
    }
  }

  /**
   * Checks if a run is under way: the loop of {@link #start} or {@link #runForEver}, or one call of
   * {@link #runDue} or {@link #runFor}.
   *
   * @return false before the first run and after the last one, also if the loop has ended by itself
   */
  public boolean isRunning() {
    Thread started = worker;
    return working.get() != null || started != null && started.isAlive();
  }

  /**
   * Returns the name under which this manager's slices hold leases.
   *
   * @return the worker's name, unique among processes and managers
   */
  public String worker() {
    return engine.worker();
  }

  /** Ends all slices after their present chunk, and the loop. Does not block. */
  public void stop() {
    stopped.set(true);
    loop.stop();
    engine.stop();
  }

  /**
   * Stops: finishes the commits under way, releases the leases, and ends the manager's threads.
   * Waits for that until the builder's {@link Builder#closeTimeout}, 30 seconds by default. A
   * second call does nothing.
   */
  @Override
  public void close() {
    stop();
    boolean interrupted = false;
    try {
      awaitEnd();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (ownExecutor != null) {
      ownExecutor.shutdown();
    }
    engine.close();
    events.close();
    RecordMethods.forgetTypes();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitEnd() throws InterruptedException {
    CountDownLatch latch = working.get();
    boolean ended = latch == null || latch.await(closeTimeout.toMillis(), TimeUnit.MILLISECONDS);
    // A run that failed or was interrupted leaves its slices running.
    if (!ended || !loop.awaitNone(closeTimeout)) {
      LOG.warn(
          "The manager was closed, and some slices did not end within {}; their leases expire.",
          closeTimeout);
    }
    Thread thread = worker;
    if (thread != null && latch != null) {
      thread.join(TimeUnit.SECONDS.toMillis(1));
    }
  }

  private List<Job> jobs(String target) {
    return updater.jobs().list().stream().filter(job -> job.key().target().equals(target)).toList();
  }

  private <T> List<T> woken(List<T> changed) {
    if (!changed.isEmpty()) {
      loop.wake();
    }
    return changed;
  }

  /** A listener that remembers the last known quota. */
  private static final class QuotaWatch implements BackfillListener {

    private final AtomicReference<@Nullable Quota> latest = new AtomicReference<>();

    @Override
    public void onEvent(BackfillEvent event) {
      progress(event).map(Progress::quota).ifPresent(latest::set);
    }

    private static Optional<Progress> progress(BackfillEvent event) {
      if (event instanceof BackfillEvent.ChunkCommitted committed) {
        return Optional.of(committed.progress());
      }
      return event instanceof BackfillEvent.Waiting waiting
          ? Optional.ofNullable(waiting.progress())
          : Optional.empty();
    }

    @Nullable Quota latest() {
      return latest.get();
    }
  }

  /** Builder of a manager. Not safe for concurrent use. */
  public static final class Builder {

    /** The default number of slices that run at once: 3. */
    public static final int DEFAULT_PARALLELISM = 3;

    /** The default share of the source's count below which a history is incomplete: 95 %. */
    public static final double DEFAULT_COMPLETENESS = 0.95;

    final ProgressStore progress;
    final JobStore jobs;
    final List<ManagedSource<?>> sources = new ArrayList<>();
    final List<Dispatcher> dispatchers = new ArrayList<>();
    final List<BackfillListener> listeners = new ArrayList<>();
    private final List<SliceInterceptor> interceptors = new ArrayList<>();
    private FailureReporter reporter = new LoggingFailureReporter();
    private UnaryOperator<BackfillEngine.Builder> engine = UnaryOperator.identity();
    private @Nullable BackfillSettings settings;
    TimeSource time = TimeSource.system();
    RandomGenerator random = new Random();
    Destination here = Destination.LOCAL;
    boolean anyPlacement;
    @Nullable String correlationId;
    JobRouter router = JobRouter.standard(JobRouter.DEFAULT_SHARE);
    int parallelism = DEFAULT_PARALLELISM;
    @Nullable Executor executor;
    ManagerRules rules = ManagerRules.DEFAULT;
    double completeness = DEFAULT_COMPLETENESS;
    Duration closeTimeout = Duration.ofSeconds(30);
    @Nullable Duration retention = Retention.DEFAULT;

    /** The interval at which a busy manager checks the store if no slice ends. */
    Duration pollInterval = Duration.ofSeconds(1);

    private final @Nullable BackfillStore store;

    Builder(ProgressStore progress, JobStore jobs) {
      this.progress = Objects.requireNonNull(progress, "progress");
      this.jobs = Objects.requireNonNull(jobs, "jobs");
      this.store = null;
    }

    Builder(BackfillStore store) {
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
     * @throws InvalidConfigurationException if the store has no tables for the source's items, or
     *     the builder was created without a {@link BackfillStore}
     */
    public <T> Builder source(PullSource<T> source) {
      BackfillStore tables = store;
      if (tables == null) {
        throw new InvalidConfigurationException(
            "This builder has no BackfillStore, so it cannot choose a sink for "
                + source.name()
                + ". Nothing was started. Pass a sink with the source.");
      }
      return source(source, tables.sinkFor(source));
    }

    /**
     * Adds a source that the manager fetches for every tracked target.
     *
     * @param source the source; each name once
     * @param sink the sink for its items
     * @param <T> the kind of item
     * @return this
     */
    public <T> Builder source(PullSource<T> source, Sink<T> sink) {
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
    public Builder settings(BackfillSettings values) {
      this.settings = Objects.requireNonNull(values, "values");
      this.retention = values.orchestration().retention();
      return this;
    }

    /**
     * Changes the engine: its policy, lease, backoff, failure budget. The manager itself sets the
     * engine's time, randomness, listener, interceptors, reporter and executor name.
     *
     * @param change changes the engine's builder
     * @return this
     */
    public Builder engine(UnaryOperator<BackfillEngine.Builder> change) {
      this.engine = Objects.requireNonNull(change, "change");
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
     * Adds an interceptor, which wraps each slice that this manager runs, on the thread that runs
     * it.
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
     * @param value the reporter
     * @return this
     */
    public Builder failureReporter(FailureReporter value) {
      this.reporter = Objects.requireNonNull(value, "value");
      return this;
    }

    /**
     * Adds another destination for jobs; by default there is none.
     *
     * @param dispatcher the client of that destination
     * @return this
     */
    public Builder dispatcher(Dispatcher dispatcher) {
      dispatchers.add(Objects.requireNonNull(dispatcher, "dispatcher"));
      return this;
    }

    /**
     * Sets the router that decides where jobs run; by default {@link JobRouter#standard} with a
     * share of 25 %. Without a {@linkplain #dispatcher dispatcher} everything runs here.
     *
     * @param value the router
     * @return this
     */
    public Builder router(JobRouter value) {
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
    public Builder destination(Destination destination) {
      this.here = Objects.requireNonNull(destination, "destination");
      return this;
    }

    /**
     * Sets if this manager also runs due jobs that are placed elsewhere or nowhere, as a lone
     * worker does.
     *
     * @param any true to run them; false by default
     * @return this
     */
    public Builder anyPlacement(boolean any) {
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
    public Builder correlationId(@Nullable String id) {
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
    public Builder parallelism(int slices) {
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
    public Builder executor(Executor value) {
      this.executor = Objects.requireNonNull(value, "value");
      return this;
    }

    /**
     * Changes the rules: fairness, retries, breaker, dispatches, sync interval. Each call begins
     * with the rules of the last one, the first with {@link ManagerRules#DEFAULT}.
     *
     * @param change changes the rules, such as {@code rules -> rules.withSync(null)}
     * @return this
     */
    public Builder rules(UnaryOperator<ManagerRules> change) {
      this.rules = Objects.requireNonNull(change.apply(rules), "rules");
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
    public Builder retention(@Nullable Duration age) {
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
     * Sets the share of the source's count below which {@link BackfillManager#detectMissing}
     * reports a history as incomplete; by default {@value #DEFAULT_COMPLETENESS}.
     *
     * @param share from 0 to 1
     * @return this
     * @throws InvalidConfigurationException if it is out of its range
     */
    public Builder completeness(double share) {
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
    public Builder closeTimeout(Duration timeout) {
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
    public Builder timeSource(TimeSource value) {
      this.time = Objects.requireNonNull(value, "value");
      return this;
    }

    /**
     * Sets the source of randomness for jitter and ids.
     *
     * @param value safe for any number of threads
     * @return this
     */
    public Builder random(RandomGenerator value) {
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
      interceptors.forEach(builder::sliceInterceptor);
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

  /**
   * Missing history of a tracked target.
   *
   * @param key the backfill
   * @param kind the kind of gap
   * @param text one sentence without secrets
   * @param queued true if this created work; false if the work was queued already, or if the
   *     finding is no {@linkplain Kind#isWork() work}
   */
  public record Finding(BackfillKey key, Kind kind, String text, boolean queued) {

    /** The kind of missing history. */
    public enum Kind {
      /** The source is new for this target. */
      EXTENDED,
      /** No worker has ever started it. */
      NEVER_STARTED,
      /** A worker started it, and none continues. */
      ABANDONED,
      /** Far fewer items are stored than the source counts. */
      INCOMPLETE,
      /** Listed items are neither stored nor in quarantine. */
      GAPS,
      /** The source cannot return all that it counts, and has reported why. Nothing is queued. */
      KNOWN_GAPS,
      /** A user paused or cancelled it before it was complete. Nothing is queued. */
      STOPPED,
      /** It failed before it was complete, and is retried at long intervals. Nothing is queued. */
      FAILED,
      /** The source could not count its items. Nothing is queued. */
      UNKNOWN;

      /**
       * Checks if work can fetch the missing items.
       *
       * @return false if more work changes nothing until another cause has changed
       */
      public boolean isWork() {
        return this != KNOWN_GAPS && this != STOPPED && this != FAILED && this != UNKNOWN;
      }
    }
  }
}
