package dev.backfill.core.manager;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.report.FailureReport;
import dev.backfill.api.report.FailureReporter;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import dev.backfill.api.time.TimeSource;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.SimulatedMachine;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.core.routing.JobRouter;
import dev.backfill.testkit.ManualTimeSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Two to eight managers with clocks of their own over one store, and a destination that loses
 * requests and answers. A seed decides everything. While one manager is in the middle of a call to
 * the store, another one may take its whole turn, so that each change races with the others.
 */
final class ManagerSimulation {

  private static final int MAX_DEPTH = 3;
  private static final int STEPS = 120;
  private static final int MAX_CALM_STEPS = 3_000;
  private static final int MAX_SKEW_SECONDS = 90;

  /** The reasons of what became of a run at another destination. */
  private static final Pattern OF_A_RUN =
      Pattern.compile("^(its run|no worker took|no run was begun|its worker gave)");

  private static final ScheduledThreadPoolExecutor NO_TIMERS = new NoTimers();

  private final Random random;
  private final Map<String, Long> coverage;
  private final ManualTimeSource time = new ManualTimeSource();
  private final InMemoryStore store = new InMemoryStore(time);
  private final ProgressStore progress = store.progress();
  private final JobStore jobs = store.jobs();
  private final NumbersSource source =
      new NumbersSource("test:numbers", new SharedQuota(time, 1_000_000, Duration.ofMillis(50)));
  private final Map<String, Set<String>> stored = new HashMap<>();
  private final SimulatedDestination actions;
  private final List<Worker> managers = new ArrayList<>();
  private int depth;
  private int born;
  private boolean calm;

  private ManagerSimulation(long seed, Map<String, Long> coverage) {
    this.random = new Random(seed);
    this.coverage = coverage;
    source.namesTargets = true;
    this.actions = new SimulatedDestination(random, time, coverage);
  }

  static void run(long seed, Map<String, Long> coverage) {
    try {
      new ManagerSimulation(seed, coverage).run();
    } catch (Exception | Error e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private void run() throws Exception {
    int targets = 1 + random.nextInt(4);
    for (int i = 0; i < targets; i++) {
      source.sizes.put("a/" + i, random.nextInt(150));
    }
    int count = 2 + random.nextInt(7);
    for (int i = 0; i < count; i++) {
      managers.add(new Worker(Destination.LOCAL, null));
    }
    for (String target : source.sizes.keySet()) {
      managers.get(0).managerWithoutFaults().track(target);
    }
    for (int i = 0; i < STEPS; i++) {
      step();
    }
    calm = true;
    actions.calm = true;
    source.failures.clear();
    for (int i = 0; !isOver(); i++) {
      if (i == MAX_CALM_STEPS) {
        throw new AssertionError("Not everything ended: " + jobs.list());
      }
      step();
    }
    check();
    coverage.merge("simulations", 1L, Long::sum);
  }

  private boolean isOver() {
    return jobs.list().stream().allMatch(job -> job.state() == JobState.IDLE);
  }

  private void step() throws Exception {
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3, 4 -> managers.get(random.nextInt(managers.size())).look();
      case 5, 6 -> runElsewhere();
      case 7 -> time.advance(Duration.ofSeconds(random.nextInt(60)));
      case 8 -> time.advance(Duration.ofMinutes(calm ? 30 : random.nextInt(20)));
      case 9 -> world();
      case 10 -> {
        if (!calm && random.nextInt(4) == 0) {
          int one = random.nextInt(managers.size());
          if (!managers.get(one).busy) {
            count("manager replaced");
            managers.set(one, new Worker(Destination.LOCAL, null));
          }
        }
      }
      default -> failures();
    }
  }

  private void world() {
    if (calm) {
      return;
    }
    String target = "a/" + random.nextInt(source.sizes.size());
    source.sizes.merge(target, random.nextInt(40), Integer::sum);
    managers
        .get(0)
        .managerWithoutFaults()
        .sync(target, RequestedBy.by("ann", "the simulation asks"));
  }

  private void failures() {
    String target = "a/" + random.nextInt(source.sizes.size());
    if (calm || random.nextBoolean()) {
      source.failures.remove(target);
    } else {
      count("target fails");
      source.failures.put(
          target,
          new PermanentFailureException(
              PermanentFailureException.Reason.NOT_FOUND, "it is not there", null));
    }
  }

  /** A run of the destination begins, and ends well, fails, or dies with what it has taken. */
  private void runElsewhere() {
    for (SimulatedDestination.Begun run : List.copyOf(actions.runs.values())) {
      if (run.begun || random.nextBoolean()) {
        continue;
      }
      run.begun = true;
      int fate = calm ? 9 : random.nextInt(10);
      if (fate == 0) {
        count("run fails before its worker starts");
        run.conclusion = "failure";
        continue;
      }
      Worker worker = new Worker(Destination.GITHUB_ACTIONS, run.correlationId);
      worker.callsUntilDeath = fate == 1 ? 1 + random.nextInt(40) : Integer.MAX_VALUE;
      boolean died = worker.look();
      if (died) {
        count("worker dies");
      }
      run.conclusion = died ? "failure" : "success";
      count("run ends");
      return;
    }
  }

  /** Checks the end, and what the events of each job say of the way there. */
  private void check() {
    for (Job job : jobs.list()) {
      Backfill backfill = progress.get(job.id());
      int size = source.sizes.get(job.key().target());
      require(backfill.status().isCompleted(), job + " is " + backfill.status());
      require(
          stored.getOrDefault(job.key().target(), Set.of()).size() == size,
          job.key() + " has not stored each of its " + size + " items");
      check(job, jobs.events(job.id(), 0, 100_000));
    }
  }

  private void check(Job job, List<JobEvent> events) {
    Set<String> requested = new HashSet<>();
    int fellBack = 0;
    boolean idle = false;
    for (JobEvent event : events) {
      boolean ofRun = OF_A_RUN.matcher(event.reason()).find();
      require(
          !ofRun || Destination.GITHUB_ACTIONS.equals(event.destination()),
          job.key() + " counts a run of another destination as its own: " + events);
      switch (event.kind()) {
        case DISPATCHED -> {
          require(requested.add(event.reason()), "a request is on record twice: " + event.reason());
          idle = false;
        }
        case COMPLETED -> idle = true;
        case TRIGGERED -> idle = false;
        case FELL_BACK, FAILED, GAVE_UP, RETRIED -> {
          require(!idle, job.key() + " comes back after it was done: " + events);
          // A manager may die between storing a request and sending it.
          fellBack += ofRun && !event.reason().startsWith("no run was begun") ? 1 : 0;
        }
        default -> {}
      }
      count(event.kind().name());
    }
    require(
        fellBack <= actions.requestsFor(job.key().target()),
        job.key() + " has come back more often than it was sent: " + events);
  }

  private static void require(boolean condition, String violation) {
    if (!condition) {
      throw new AssertionError(violation);
    }
  }

  private void count(String what) {
    coverage.merge(what, 1L, Long::sum);
  }

  /** A manager's process: its clock, its connection to the store, and when it dies. */
  private final class Worker {

    final Destination here;
    final String correlationId;
    final String name = "w" + ++born;
    final Duration skew =
        Duration.ofSeconds(random.nextInt(-MAX_SKEW_SECONDS, MAX_SKEW_SECONDS + 1));
    int callsUntilDeath = Integer.MAX_VALUE;
    boolean busy;
    private BackfillManager manager;

    Worker(Destination here, String correlationId) {
      this.here = here;
      this.correlationId = correlationId;
      this.manager =
          build(
              connection(ProgressStore.class, progress), connection(JobStore.class, jobs), clock());
    }

    private BackfillManager build(ProgressStore store, JobStore queue, TimeSource clock) {
      return BackfillManager.builder(store, queue)
          .source(source, new StoredItems())
          .engine(
              (BackfillEngine.Builder engine) ->
                  SimulatedMachine.of(engine, NO_TIMERS, name, dead -> false))
          .timeSource(clock)
          .random(random)
          .parallelism(1)
          .executor(Runnable::run)
          .rules(rules -> rules.withSync(null))
          .failureReporter(new Silence())
          .destination(here)
          .correlationId(correlationId)
          .router(JobRouter.standard(60))
          .dispatcher(actions)
          .build();
    }

    BackfillManager managerWithoutFaults() {
      return build(progress, jobs, time);
    }

    private TimeSource clock() {
      return new TimeSource() {
        @Override
        public Instant now() {
          return time.now().plus(skew);
        }

        @Override
        public long nanoTime() {
          return time.nanoTime();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
          time.sleep(duration);
        }
      };
    }

    /** One look and all that is due; true if the process died in it. */
    boolean look() {
      if (busy || depth == MAX_DEPTH) {
        return false;
      }
      busy = true;
      depth++;
      try {
        manager.runDue();
      } catch (BackfillException e) {
        count("look ended by the store");
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      } catch (Death e) {
        return true;
      } finally {
        busy = false;
        depth--;
      }
      return callsUntilDeath < 0;
    }

    private <T> T connection(Class<T> type, T target) {
      return type.cast(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, arguments) ->
                  call(
                      () -> {
                        try {
                          return method.invoke(target, arguments);
                        } catch (InvocationTargetException e) {
                          if (e.getCause() instanceof Error error) {
                            throw error;
                          }
                          throw (Exception) e.getCause();
                        }
                      })));
    }

    private Object call(Callable<Object> call) throws Exception {
      if (callsUntilDeath != Integer.MAX_VALUE && --callsUntilDeath < 0) {
        throw new Death();
      }
      if (!calm && random.nextInt(200) == 0) {
        count("store fails before");
        throw new TransientFailureException("the store did not answer", null);
      }
      othersMeanwhile();
      Object result = call.call();
      if (!calm && random.nextInt(200) == 0) {
        count("answer of the store lost");
        throw new TransientFailureException("the store's answer was lost", null);
      }
      othersMeanwhile();
      return result;
    }

    private void othersMeanwhile() {
      if (busy && random.nextInt(30) == 0) {
        count("another manager in the middle of a call");
        managers.get(random.nextInt(managers.size())).look();
      }
    }
  }

  private final class StoredItems implements Sink<String> {

    @Override
    public SinkCounts write(List<String> items, SinkTransaction transaction) {
      int inserted = 0;
      for (String item : items) {
        String target = item.substring(0, item.indexOf('#'));
        inserted += stored.computeIfAbsent(target, any -> new HashSet<>()).add(item) ? 1 : 0;
      }
      return new SinkCounts(inserted, items.size() - inserted);
    }

    @Override
    public OptionalLong count(String scope, SinkTransaction transaction) {
      return OptionalLong.of(stored.getOrDefault(scope, Set.of()).size());
    }
  }

  private static final class NoTimers extends ScheduledThreadPoolExecutor {

    NoTimers() {
      super(0);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable command, long initialDelay, long delay, TimeUnit unit) {
      return (ScheduledFuture<?>)
          Proxy.newProxyInstance(
              NoTimers.class.getClassLoader(),
              new Class<?>[] {ScheduledFuture.class},
              (proxy, method, arguments) -> method.getReturnType() == boolean.class ? true : null);
    }

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }
  }

  private static final class Silence implements FailureReporter {

    @Override
    public void failed(FailureReport report) {}

    @Override
    public void recovered(BackfillKey key) {}
  }

  /** A process ends in the middle of a call. */
  private static final class Death extends Error {
    private static final long serialVersionUID = 1L;

    Death() {
      super("the process was killed", null, false, false);
    }
  }
}
