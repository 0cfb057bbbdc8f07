package dev.backfill.core.manager;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.testkit.Eventually;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;

/** Managers over memory and manual time; slices run one after the other on the manager's thread. */
final class ManagerFixture {

  final ManualTimeSource time = new ManualTimeSource();
  final InMemoryStore store = new InMemoryStore(time);
  final ProgressStore progress = store.progress();
  final JobStore jobs = store.jobs();
  final SharedQuota quota;
  final NumbersSource source;
  final List<BackfillEvent> events = new CopyOnWriteArrayList<>();

  ManagerFixture() {
    this(Duration.ofMillis(300));
  }

  /** One in which each request takes so long. */
  ManagerFixture(Duration latency) {
    quota = new SharedQuota(time, 5_000, latency);
    source = new NumbersSource("test:numbers", quota);
  }

  /** What the sink claims to have of a target, where that is not what was read. */
  final Map<String, Long> counts = new HashMap<>();

  /** Keeps nothing, and counts what was read. */
  final class NumbersSink implements Sink<String> {

    @Override
    public SinkCounts write(List<String> items, SinkTransaction transaction) {
      return new SinkCounts(items.size(), 0);
    }

    @Override
    public OptionalLong count(String scope, SinkTransaction transaction) {
      Long count = counts.get(scope);
      return OptionalLong.of(
          count != null ? count : progress.find(key(scope)).orElseThrow().counters().processed());
    }
  }

  BackfillManager.Builder manager() {
    return BackfillManager.builder(progress, jobs)
        .source(source, new NumbersSink())
        .timeSource(time)
        .random(new Random(42))
        .parallelism(1)
        .executor(Runnable::run)
        .rules(rules -> rules.withSync(null))
        .listener(events::add);
  }

  /** The parts of a manager on the same stores and time. */
  JobUpdater jobUpdater() {
    return new JobUpdater(
        progress,
        jobs,
        new SourceRegistry(List.of(new ManagedSource<>(source, new NumbersSink()))),
        new JobUpdater.Environment(time, new Random(42), Destination.LOCAL),
        events::add);
  }

  /** Runs a manager for ever, until a job has nothing more to do. */
  RunSummary runUntilIdle(BackfillManager manager, String target) throws Exception {
    FutureTask<RunSummary> run = new FutureTask<>(manager::runForEver);
    new Thread(run).start();
    awaitIdle(target);
    manager.stop();
    return run.get();
  }

  void awaitIdle(String target) throws InterruptedException {
    Eventually.until(target + " is idle", () -> job(target).state() == JobState.IDLE);
  }

  /** Leaves a backfill as a worker does that has to wait. */
  void leaveWaiting(String target, Duration wait) {
    LeaseRequest worker = new LeaseRequest("gone", "elsewhere", Duration.ofMinutes(1));
    Claim granted = progress.claim(backfill(target).id(), worker);
    progress.release(granted.lease(), LeaseRelease.waiting(time.now().plus(wait), "quota"));
  }

  BackfillKey key(String target) {
    return new BackfillKey(source.name(), target);
  }

  Job job(String target) {
    return jobs.find(key(target)).orElseThrow();
  }

  Backfill backfill(String target) {
    return progress.find(key(target)).orElseThrow();
  }

  List<JobEvent> events(String target) {
    return jobs.events(backfill(target).id(), 0, 1_000);
  }

  /** What happened after it was asked for. */
  List<String> kinds(String target) {
    return events(target).stream().skip(1).map(note -> note.kind().name()).toList();
  }

  Optional<JobEvent> last(String target, JobEvent.Kind kind) {
    List<JobEvent> matching = new ArrayList<>(events(target));
    matching.removeIf(note -> note.kind() != kind);
    return matching.isEmpty() ? Optional.empty() : Optional.of(matching.get(matching.size() - 1));
  }
}
