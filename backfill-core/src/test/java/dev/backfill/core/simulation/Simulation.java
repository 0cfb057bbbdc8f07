package dev.backfill.core.simulation;

import dev.backfill.api.policy.RateLimitPolicy;
import dev.backfill.api.report.FailureReport;
import dev.backfill.api.report.FailureReporter;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.api.store.SinkTransaction;
import dev.backfill.api.time.TimeSource;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.SimulatedMachine;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.core.policy.AdaptiveRateLimitPolicy;
import dev.backfill.core.policy.StandardRateLimitPolicy;
import dev.backfill.core.run.BackfillSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One history from a seed: workers on real engines, and a world that does its worst until it calms
 * down. Then everything has to end, and to be complete.
 */
final class Simulation {

  private static final BackfillKey KEY = new BackfillKey("simulated:rows", "world");
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final long MAX_STEPS = 200_000;

  private final Coverage coverage = new Coverage();
  private final List<Worker> workers = new ArrayList<>();
  private final List<Runnable> stops = new ArrayList<>();
  private final SplittableRandom random;
  private final FaultInjector injector;
  private final Scheduler scheduler;
  private final History history;
  private final FaultModel faults;
  private final World world;
  private final RecordedTable table;
  private final Ledger ledger;
  private final RecordedStore database;
  private final Backlog backlog;
  private final RateLimitPolicy policy;
  private int level = 1;
  private int born;

  private Simulation(long seed, FaultInjector injector) {
    this.injector = injector;
    this.random = new SplittableRandom(seed);
    scheduler = new Scheduler(random, MAX_STEPS);
    history = new History(scheduler);
    faults = new FaultModel(random, coverage);
    world = new World(random);
    table =
        new RecordedTable(
            injector.table().get(), faults, random.nextInt(3) == 0 ? 5 + random.nextInt(20) : 0);
    world.writtenLiveBy(row -> table.writeLive(row, NO_TRANSACTION));
    ledger = new Ledger(world, table.table());
    database =
        new RecordedStore(
            injector.store().apply(new InMemoryStore(storeClock()).progress()),
            history,
            ledger,
            coverage);
    backlog = new Backlog(scheduler, random, history, coverage);
    StandardRateLimitPolicy standard = StandardRateLimitPolicy.ofDefaults();
    policy =
        random.nextInt(4) == 0
            ? AdaptiveRateLimitPolicy.ofDefaults().withBounds(1, 9)
            : standard.withFixedSize(1 + random.nextInt(9));
  }

  /** What a simulation leaves. */
  record Outcome(List<String> history, Coverage coverage) {}

  /**
   * Runs one.
   *
   * @param injector the parts to run it with
   * @throws AssertionError when something that must always hold did not
   */
  static Outcome run(long seed, FaultInjector injector) {
    Simulation simulation = new Simulation(seed, injector);
    try {
      simulation.run();
    } catch (Violation e) {
      throw new AssertionError(
          "seed %d %s%nReplay it with -Dbackfill.simulation.seed=%d. What happened last:%n%s"
              .formatted(seed, e.getMessage(), seed, simulation.history.latest()),
          e);
    }
    return new Outcome(simulation.history.lines(), simulation.coverage);
  }

  static long seconds(long seconds) {
    return seconds * 1_000_000_000L;
  }

  static long millis(long millis) {
    return millis * 1_000_000L;
  }

  private void run() {
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      scheduler.after(seconds(random.nextInt(20)), this::begin);
    }
    scheduler.after(seconds(60 + random.nextInt(900)), this::calmDown);
    tick();
    scheduler.run();
    ledger.complete();
    Backfill end = database.find(KEY).orElseThrow();
    if (!end.status().isCompleted()) {
      throw new Violation("everything ends", "it was left " + end.status());
    }
    if (ledger.countedTooMany() != 0) {
      coverage.hit(ledger.countedTooMany() > 0 ? "counter too high" : "counter too low");
    }
    coverage.add("histories", 1);
    coverage.add("steps", scheduler.steps());
    coverage.add("chunks", ledger.chunks());
  }

  private TimeSource storeClock() {
    return new TimeSource() {
      @Override
      public Instant now() {
        return Worker.BEGINNING.plusNanos(scheduler.now());
      }

      @Override
      public long nanoTime() {
        return scheduler.now();
      }

      @Override
      public void sleep(Duration duration) {
        throw new Violation("a store does not sleep", "for " + duration);
      }
    };
  }

  private void begin() {
    Duration skew = Duration.ofSeconds(random.nextInt(3) == 0 ? random.nextInt(-600, 600) : 0);
    Worker worker = new Worker("w" + ++born, scheduler, history, skew, this::live);
    workers.add(worker);
    scheduler.start(worker);
  }

  private void live(Worker worker) {
    boolean seesTheDead = random.nextBoolean();
    Predicate<String> knownDead = seesTheDead ? database.dead::contains : name -> false;
    BackfillEngine engine =
        SimulatedMachine.of(
                BackfillEngine.builder(new Connection(database, worker, faults, backlog))
                    .timeSource(worker)
                    .random(random)
                    .policy(policy)
                    .lease(LEASE)
                    .failureReporter(new Silence()),
                worker.timers,
                worker.name,
                knownDead)
            .build();
    boolean[] stopped = {false};
    Runnable stop =
        () -> {
          worker.log("is asked to stop");
          stopped[0] = true;
          engine.stop();
          worker.wakeForInterrupt();
        };
    stops.add(stop);
    SimulatedSource source = injector.sources().of(world, new Gate(world, worker, faults), level);
    try (engine) {
      new SliceLoop(
              engine,
              new BackfillSpec<>(source, KEY.target(), table),
              random,
              faults,
              coverage,
              () -> database.next.find(KEY).isPresent(),
              ledger::heldFence)
          .run(worker, () -> stopped[0]);
    } finally {
      workers.remove(worker);
      stops.remove(stop);
    }
    if (stopped[0]) {
      scheduler.after(seconds(random.nextInt(60)), this::begin);
    }
  }

  private void calmDown() {
    history.add("the world", "calms down");
    faults.calmDown();
    askFor(Control.RESUME);
    begin();
    // The last one meets nothing that is still on its way.
    scheduler.after(Backlog.MAX_WAY, this::begin);
  }

  private void tick() {
    if (faults.isCalm()) {
      return;
    }
    change();
    disturb();
    scheduler.after(millis(1 + random.nextInt(8_000)), this::tick);
  }

  private void change() {
    World.Row row = world.any();
    if (faults.strikes("world: created")) {
      log(world.create(scheduler.now(), random.nextInt(10) == 0), "is created");
    }
    if (row == null) {
      return;
    }
    if (faults.strikes("world: changed")) {
      log(world.change(row, scheduler.now(), random.nextInt(10) == 0), "is changed");
    } else if (faults.strikes("world: vanished")) {
      world.rows.remove(row.key());
      log(row, "vanishes");
    } else if (faults.strikes("world: turned")) {
      log(world.toggleBroken(row), "is mended or broken");
    } else if (faults.strikes("world: written live")) {
      world.writeLive(row);
      log(row, "is written live");
    }
  }

  private void disturb() {
    Worker worker = workers.isEmpty() ? null : workers.get(random.nextInt(workers.size()));
    if (faults.strikes("quota used by others")) {
      world.spend(1 + random.nextInt(20), scheduler.now());
    }
    if (faults.strikes("source wants more")) {
      level++;
    }
    userAction();
    if (worker != null && faults.strikes("crash")) {
      database.dead.add(worker.name);
      workers.remove(worker);
      worker.crash();
      scheduler.after(seconds(random.nextInt(60)), this::begin);
    } else if (worker != null && faults.strikes("stall")) {
      worker.log("stalls");
      worker.stallUntil(scheduler.now() + seconds(15 + random.nextInt(120)));
    } else if (worker != null && worker.isInterruptible() && faults.strikes("interrupt")) {
      worker.interrupt();
    } else if (!stops.isEmpty() && faults.strikes("stop")) {
      stops.get(random.nextInt(stops.size())).run();
    }
  }

  private void userAction() {
    Control control =
        faults.strikes("person: pauses")
            ? Control.PAUSE
            : faults.strikes("person: cancels") ? Control.CANCEL : null;
    if (control != null) {
      askFor(control);
      scheduler.after(seconds(random.nextInt(90)), () -> askFor(Control.RESUME));
    }
  }

  private void askFor(Control control) {
    Optional<Backfill> backfill = database.next.find(KEY);
    if (backfill.isPresent()) {
      backlog.settle();
      database.control(backfill.get().id(), control, RequestedBy.UNNAMED);
    }
  }

  private void log(World.@Nullable Row row, String what) {
    history.add("the world", row + " " + what);
  }

  private static final SinkTransaction NO_TRANSACTION =
      new SinkTransaction() {
        @Override
        public <R> Optional<R> unwrap(Class<R> type) {
          return Optional.empty();
        }
      };

  /** Hears failures and says nothing. */
  private static final class Silence implements FailureReporter {

    @Override
    public void failed(FailureReport report) {}

    @Override
    public void recovered(BackfillKey key) {}
  }
}
