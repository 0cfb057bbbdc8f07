package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.time.TimeSource;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.testkit.Eventually;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** A manager in a host: real threads and real time. */
@Isolated("it looks at all threads")
@Timeout(60)
class LifecycleTest {

  private final InMemoryStore store = new InMemoryStore();
  private final ProgressStore progress = store.progress();
  private final JobStore jobs = store.jobs();
  private final NumbersSource source =
      new NumbersSource(
          "test:numbers", new SharedQuota(new ManualTimeSource(), 1_000_000, Duration.ZERO));

  private BackfillManager.Builder manager() {
    return BackfillManager.builder(progress, jobs)
        .source(
            source, (items, transaction) -> new dev.backfill.api.store.SinkCounts(items.size(), 0));
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("backfill-"))
        .collect(Collectors.toSet());
  }

  private static void awaitThreads(Set<String> selected) throws InterruptedException {
    Eventually.until("no thread is left", () -> selected.containsAll(threads()));
  }

  private void awaitIdle(int count) throws InterruptedException {
    Eventually.until(
        count + " jobs are idle",
        () -> jobs.list().stream().filter(job -> job.state() == JobState.IDLE).count() == count);
  }

  @Test
  void aStartedManagerDoesWhatIsTrackedAndLeavesNoThreadBehind() throws InterruptedException {
    Set<String> before = threads();
    try (BackfillManager one = manager().build();
        BackfillManager two = manager().build()) {
      one.start();
      two.start();
      assertThatThrownBy(one::start).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(one::runDue).isInstanceOf(IllegalStateException.class);
      for (int i = 0; i < 20; i++) {
        source.sizes.put("a/" + i, 300);
      }
      source.sizes.keySet().forEach(one::track);
      awaitIdle(20);
    }
    awaitThreads(before);
  }

  @Test
  void closingFinishesTheChunkAndGivesTheLeaseBack() throws InterruptedException {
    source.sizes.put("a/b", 1_000_000);
    BackfillManager manager = manager().build();
    assertThat(manager.isRunning()).isFalse();
    manager.start();
    assertThat(manager.isRunning()).isTrue();
    manager.track("a/b");
    Eventually.until("a chunk is stored", () -> progress.list().get(0).counters().processed() > 0);
    manager.close();
    assertThat(manager.isRunning()).isFalse();
    manager.close();
    assertThat(progress.list().get(0).holder()).isNull();
    assertThat(progress.list().get(0).counters().processed()).isPositive();
    assertThatThrownBy(manager::start).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void slicesRunOnTheHostsExecutorWhichStaysOpen() throws InterruptedException {
    source.sizes.put("a/b", 100);
    CountDownLatch ran = new CountDownLatch(1);
    java.util.concurrent.ExecutorService executor =
        java.util.concurrent.Executors.newFixedThreadPool(2);
    try (BackfillManager manager =
        manager()
            .executor(
                task ->
                    executor.execute(
                        () -> {
                          ran.countDown();
                          task.run();
                        }))
            .build()) {
      manager.track("a/b");
      assertThat(manager.runDue().completed()).isEqualTo(1);
    }
    assertThat(ran.getCount()).isZero();
    assertThat(executor.isShutdown()).isFalse();
    executor.shutdownNow();
  }

  @Test
  void aStoreThatFailsForAWhileDoesNotEndTheLoop() throws InterruptedException {
    source.sizes.put("a/b", 100);
    FailingJobs failing = new FailingJobs(jobs);
    // The backoff takes no real time, and the clock agrees with the store's.
    ManualTimeSource time = new ManualTimeSource(TimeSource.system().now());
    try (BackfillManager manager =
        BackfillManager.builder(progress, failing.store())
            .source(
                source,
                (items, transaction) -> new dev.backfill.api.store.SinkCounts(items.size(), 0))
            .timeSource(time)
            .build()) {
      manager.track("a/b");
      failing.failure = new TransientFailureException("the database is away", null);
      assertThatThrownBy(manager::runDue).hasRootCause(failing.failure);
      failing.failure = null;
      assertThat(manager.runDue().completed()).isEqualTo(1);
    }
    assertThat(time.sleeps()).isNotEmpty();
  }
}
