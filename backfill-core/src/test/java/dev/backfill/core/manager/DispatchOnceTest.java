package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Dispatcher;
import dev.backfill.api.job.Dispatcher.Run;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobState;
import dev.backfill.core.routing.JobRouter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A job that another destination runs is asked for once, whatever happens around the request. */
@Timeout(60)
class DispatchOnceTest {

  private final ManagerFixture fixture = new ManagerFixture();
  private final Destinations actions = new Destinations();

  @BeforeEach
  void aTarget() {
    fixture.source.sizes.put("a/b", 20_000);
  }

  /** A destination whose runs begin, and whose answers may be lost. */
  private final class Destinations implements Dispatcher {

    final Map<String, Run> runs = new ConcurrentHashMap<>();
    final List<Job> storedWhenRequested = new CopyOnWriteArrayList<>();
    volatile boolean begins = true;
    volatile @Nullable Runnable meanwhile;
    volatile @Nullable RuntimeException lost;
    volatile boolean lists = true;

    @Override
    public Destination destination() {
      return Destination.GITHUB_ACTIONS;
    }

    @Override
    public Dispatch dispatch(Dispatch request, String target, List<String> sources) {
      storedWhenRequested.add(fixture.job("a/b"));
      if (begins) {
        runs.put(
            request.correlationId(), new Run(String.valueOf(17 + runs.size()), null, null, false));
      }
      Runnable then = meanwhile;
      if (then != null) {
        then.run();
      }
      RuntimeException failure = lost;
      if (failure != null) {
        throw failure;
      }
      return new Dispatch(request.correlationId(), request.at(), null, null, null);
    }

    @Override
    public Run follow(Dispatch dispatch) {
      if (!lists) {
        throw new TransientFailureException("GitHub answers 502", null);
      }
      return runs.getOrDefault(dispatch.correlationId(), Run.NONE);
    }
  }

  private BackfillManager local() {
    return fixture.manager().dispatcher(actions).router(JobRouter.standard(100)).build();
  }

  private Dispatch dispatch() {
    return Objects.requireNonNull(fixture.job("a/b").dispatch());
  }

  @Test
  void aJobIsSavedBeforeItsRequestIsMade() throws InterruptedException {
    try (BackfillManager local = local()) {
      local.track("a/b");
      assertThat(local.runDue().dispatched()).isEqualTo(1);
    }

    Job saved = actions.storedWhenRequested.get(0);
    assertThat(saved.state()).isEqualTo(JobState.DISPATCHED);
    assertThat(actions.runs).containsKey(Objects.requireNonNull(saved.dispatch()).correlationId());
    assertThat(saved.dispatch().answered()).isFalse();
    assertThat(dispatch().answered()).isTrue();
  }

  @Test
  void eightManagersThatSeeADueJobStartOneRun() throws Exception {
    try (BackfillManager tracking = local()) {
      tracking.track("a/b");
    }
    // Whichever asks first waits for its answer while the others look.
    CountDownLatch othersHaveLooked = new CountDownLatch(7);
    actions.meanwhile = () -> awaitUninterrupted(othersHaveLooked);
    List<BackfillManager> managers = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<RunSummary>> runs = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        BackfillManager manager = local();
        managers.add(manager);
        runs.add(
            threads.submit(
                () -> {
                  RunSummary summary = manager.runDue();
                  othersHaveLooked.countDown();
                  return summary;
                }));
      }
      int sent = 0;
      for (Future<RunSummary> run : runs) {
        sent += run.get(50, TimeUnit.SECONDS).dispatched();
      }
      assertThat(sent).isEqualTo(1);
    } finally {
      managers.forEach(BackfillManager::close);
      threads.shutdownNow();
    }

    assertThat(actions.runs).hasSize(1);
    assertThat(fixture.kinds("a/b")).containsOnlyOnce("DISPATCHED");
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aRunWhoseAnswerWasLostIsFoundByItsId() throws InterruptedException {
    actions.lost = new TransientFailureException("the connection ended", null);
    try (BackfillManager local = local()) {
      local.track("a/b");
      assertThat(local.runFor(Duration.ofMinutes(10)).dispatched()).isZero();
    }

    assertThat(actions.runs).hasSize(1);
    assertThat(dispatch().run()).isEqualTo("17");
    assertThat(fixture.kinds("a/b")).containsExactly("ROUTED", "DISPATCHED");
  }

  /** As after a kill: an Error ends the look, and another process follows. */
  @Test
  void aRunThatBeganBeforeACrashIsFoundByAnotherManager() throws InterruptedException {
    try (BackfillManager local = local()) {
      actions.meanwhile =
          () -> {
            throw new OutOfMemoryError("killed");
          };
      local.track("a/b");
      assertThatThrownBy(local::runDue).isInstanceOf(OutOfMemoryError.class);
    }
    actions.meanwhile = null;
    try (BackfillManager next = local()) {
      fixture.time.advance(Duration.ofMinutes(1));
      next.runDue();
      fixture.time.advance(Duration.ofMinutes(10));
      next.runDue();
    }

    assertThat(actions.runs).hasSize(1);
    assertThat(dispatch().run()).isEqualTo("17");
  }

  @Test
  void aRequestThatACrashPreventedIsMadeAgainInMinutes() throws InterruptedException {
    actions.begins = false;
    try (BackfillManager local = local()) {
      actions.meanwhile =
          () -> {
            throw new OutOfMemoryError("killed");
          };
      local.track("a/b");
      assertThatThrownBy(local::runDue).isInstanceOf(OutOfMemoryError.class);
    }
    actions.meanwhile = null;
    actions.begins = true;
    try (BackfillManager next = local()) {
      assertThat(next.runFor(Duration.ofMinutes(5)).dispatched()).isEqualTo(1);
    }

    assertThat(actions.runs).hasSize(1);
    assertThat(fixture.kinds("a/b")).containsExactly("ROUTED", "RETRIED", "DISPATCHED");
  }

  @Test
  void aRequestIsNotMadeAgainWhileRunsCannotBeListed() throws InterruptedException {
    actions.lost = new TransientFailureException("the connection ended", null);
    actions.lists = false;
    try (BackfillManager local = local()) {
      local.track("a/b");
      local.runFor(Duration.ofMinutes(10));
      assertThat(actions.runs).hasSize(1);
      actions.lists = true;
      fixture.time.advance(Duration.ofMinutes(1));
      local.runDue();
    }

    assertThat(actions.runs).hasSize(1);
    assertThat(dispatch().run()).isEqualTo("17");
  }

  @Test
  void aWorkerThatIsFasterThanTheAnswerKeepsItsJob() throws InterruptedException {
    try (BackfillManager local = local();
        BackfillManager worker =
            fixture.manager().destination(Destination.GITHUB_ACTIONS).build()) {
      actions.meanwhile =
          () -> {
            try {
              worker.runFor(Duration.ofSeconds(3));
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          };
      local.track("a/b");
      local.runDue();
      assertThat(dispatch().claimedAt()).isNotNull();
      assertThat(dispatch().answered()).isTrue();
      assertThat(worker.runFor(Duration.ofHours(1)).completed()).isEqualTo(1);
    }

    assertThat(fixture.job("a/b").state()).isEqualTo(JobState.IDLE);
  }
}
