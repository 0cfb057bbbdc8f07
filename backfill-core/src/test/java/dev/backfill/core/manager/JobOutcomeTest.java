package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.testkit.Eventually;
import dev.backfill.testkit.ManualTimeSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How slices of a manager end when something else ends before them. */
@Timeout(60)
class JobOutcomeTest {

  private final InMemoryStore store = new InMemoryStore();
  private final ProgressStore progress = store.progress();
  private final JobStore jobs = store.jobs();
  private final FailingJobs failing = new FailingJobs(jobs);
  private final NumbersSource source =
      new NumbersSource(
          "test:numbers", new SharedQuota(new ManualTimeSource(), 1_000_000, Duration.ZERO));
  private final AtomicBoolean stored = new AtomicBoolean();
  private final CountDownLatch mayStore = new CountDownLatch(1);

  private BackfillManager manager(Runnable meanwhile) {
    source.sizes.put("a/b", 100);
    Sink<String> slow =
        (items, transaction) -> {
          meanwhile.run();
          mayStore.await();
          stored.set(true);
          return new SinkCounts(items.size(), 0);
        };
    return BackfillManager.builder(progress, failing.store())
        .source(source, slow)
        .parallelism(2)
        .build();
  }

  @Test
  void closingWaitsForWhatARunThatFailedHadBegun() throws InterruptedException {
    PermanentFailureException away =
        new PermanentFailureException(Reason.STORE_REFUSED, "away", null);
    BackfillManager manager = manager(() -> failing.failure = away);
    manager.track("a/b");
    assertThatThrownBy(manager::runDue).isSameAs(away);
    assertThatClosingWaitsForTheChunk(manager);
  }

  @Test
  void closingWaitsForWhatAnInterruptedRunHadBegun() throws InterruptedException {
    Thread me = Thread.currentThread();
    BackfillManager manager = manager(me::interrupt);
    manager.track("a/b");
    assertThatThrownBy(manager::runDue).isInstanceOf(InterruptedException.class);
    assertThatClosingWaitsForTheChunk(manager);
  }

  private void assertThatClosingWaitsForTheChunk(BackfillManager manager)
      throws InterruptedException {
    Thread closing = new Thread(manager::close);
    closing.start();
    Eventually.until(
        "close waits",
        () ->
            closing.getState() == Thread.State.TIMED_WAITING
                || closing.getState() == Thread.State.TERMINATED);
    assertThat(stored).isFalse();
    assertThat(closing.isAlive()).as("it waits for the chunk").isTrue();
    mayStore.countDown();
    closing.join();
    assertThat(stored).as("the chunk that was being stored is finished").isTrue();
  }

  /** As where the host's sink lacks a class. */
  @Test
  void anErrorOfASliceIsTheJobsFailure() throws InterruptedException {
    ManagerFixture fixture = new ManagerFixture();
    fixture.source.sizes.put("a/b", 100);
    Sink<String> broken =
        (items, transaction) -> {
          throw new NoClassDefFoundError("com/host/Mapper");
        };
    try (BackfillManager manager =
        BackfillManager.builder(fixture.progress, fixture.jobs)
            .source(fixture.source, broken)
            .timeSource(fixture.time)
            .build()) {
      manager.track("a/b");
      assertThat(manager.runDue().failed()).isEqualTo(1);
      assertThat(fixture.job("a/b").dueAt()).isAfter(fixture.time.now());
      assertThat(fixture.kinds("a/b")).hasSizeGreaterThan(1);
    }
  }

  /** The slice has ended, and what became of it is about to be stored. */
  @Test
  void aRestartJustAfterACompletionIsCarriedOut() throws InterruptedException {
    ManagerFixture fixture = new ManagerFixture();
    fixture.source.sizes.put("a/b", 100);
    AtomicReference<BackfillManager> its = new AtomicReference<>();
    AtomicBoolean reloaded = new AtomicBoolean();
    ProgressStore store =
        (ProgressStore)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ProgressStore.class},
                (proxy, method, arguments) -> {
                  Object result;
                  try {
                    result = method.invoke(fixture.progress, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                  boolean over =
                      method.getName().equals("release")
                          && ((Backfill) result).status().isCompleted();
                  if (over && reloaded.compareAndSet(false, true)) {
                    assertThat(its.get().reload("a/b", RequestedBy.by("ann", "newer release")))
                        .hasSize(1);
                  }
                  return result;
                });
    try (BackfillManager manager =
        BackfillManager.builder(store, fixture.jobs)
            .source(fixture.source, fixture.new NumbersSink())
            .timeSource(fixture.time)
            .executor(Runnable::run)
            .parallelism(1)
            .rules(rules -> rules.withSync(null))
            .build()) {
      its.set(manager);
      manager.track("a/b");
      assertThat(manager.runDue().counts().items()).isEqualTo(200);
    }
    assertThat(fixture.backfill("a/b").status()).isEqualTo(BackfillStatus.COMPLETED);
  }
}
