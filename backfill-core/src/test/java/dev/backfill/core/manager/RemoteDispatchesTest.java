package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Dispatcher;
import dev.backfill.api.job.Dispatcher.Run;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.core.routing.JobRouter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RemoteDispatchesTest {

  private final ManagerFixture fixture = new ManagerFixture();
  private final Recorder actions = new Recorder();

  /** Writes down what it is asked, and says of runs what a test wants. */
  private record Requested(String correlationId, String target, List<String> sources) {}

  private static final class Recorder implements Dispatcher {

    final List<Requested> requests = new ArrayList<>();
    int looks;
    @Nullable RuntimeException failure;
    Run run = Run.NONE;

    @Override
    public Destination destination() {
      return Destination.GITHUB_ACTIONS;
    }

    @Override
    public Dispatch dispatch(Dispatch request, String target, List<String> sources) {
      if (failure != null) {
        throw failure;
      }
      requests.add(new Requested(request.correlationId(), target, sources));
      return new Dispatch(request.correlationId(), request.at(), null, null, null);
    }

    @Override
    public Run follow(Dispatch dispatch) {
      looks++;
      return run;
    }
  }

  @BeforeEach
  void aTarget() {
    fixture.source.sizes.put("a/b", 20_000);
  }

  private BackfillManager.Builder local() {
    return fixture.manager().dispatcher(actions).router(JobRouter.standard(100));
  }

  private BackfillManager.Builder worker() {
    return fixture.manager().destination(Destination.GITHUB_ACTIONS);
  }

  private BackfillManager sent() throws InterruptedException {
    BackfillManager local = local().build();
    local.track("a/b");
    RunSummary summary = local.runDue();
    assertThat(summary.dispatched()).isEqualTo(1);
    assertThat(summary.slices()).isZero();
    assertThat(fixture.job("a/b").state()).isEqualTo(JobState.DISPATCHED);
    return local;
  }

  /** A worker there takes the job. */
  private void claim() {
    Job job = fixture.job("a/b");
    Dispatch dispatch = Objects.requireNonNull(job.dispatch());
    fixture.jobs.update(job.withDispatch(dispatch.claimed(fixture.time.now())), List.of());
  }

  private Placement placement() {
    return Objects.requireNonNull(fixture.job("a/b").placement());
  }

  @Test
  void aJobThatIsPlacedElsewhereIsSentOnceWithItsReason() throws InterruptedException {
    try (BackfillManager local = sent()) {
      assertThat(local.runDue().dispatched()).isZero();
      assertThat(actions.requests).hasSize(1);
      assertThat(actions.requests.get(0).target()).isEqualTo("a/b");
      assertThat(actions.requests.get(0).sources()).containsExactly("test:numbers");
      assertThat(placement().reason()).contains("is within the share of 100 %");
      assertThat(fixture.kinds("a/b")).containsExactly("ROUTED", "DISPATCHED");
    }
  }

  @Test
  void aWorkerThereTakesItAndCompletesIt() throws InterruptedException {
    try (BackfillManager local = sent();
        BackfillManager worker = worker().build()) {
      assertThat(worker.runFor(Duration.ofHours(1)).completed()).isEqualTo(1);
      assertThat(fixture.kinds("a/b"))
          .containsExactly("ROUTED", "DISPATCHED", "CLAIMED", "COMPLETED");
      assertThat(fixture.last("a/b", JobEvent.Kind.COMPLETED).orElseThrow().destination())
          .isEqualTo(Destination.GITHUB_ACTIONS);
      assertThat(local.runDue().slices()).isZero();
    }
  }

  @Test
  void whateverWaitsForAnotherDestinationWhatIsPlacedHereRuns() throws InterruptedException {
    actions.failure =
        RateLimitedException.secondary(
            fixture.time.now().plus(Duration.ofDays(1)), "too many runs");
    JobRouter router =
        request ->
            request.target().equals("a/b")
                ? new Placement(Destination.LOCAL, "it is small", false)
                : new Placement(Destination.GITHUB_ACTIONS, "the others are not", false);
    try (BackfillManager local = fixture.manager().dispatcher(actions).router(router).build()) {
      for (int i = 0; i < 1_100; i++) {
        local.track("others/n" + i);
      }
      local.track("a/b");
      assertThat(local.runDue().slices()).isPositive();
    }
  }

  @Test
  void aRunTakesWhatItsOwnRequestAskedFor() throws InterruptedException {
    fixture.source.sizes.put("c/d", 100);
    try (BackfillManager local = local().build()) {
      local.track("a/b");
      local.track("c/d");
      assertThat(local.runDue().dispatched()).isEqualTo(2);
    }
    String id =
        actions.requests.stream()
            .filter(request -> request.target().equals("c/d"))
            .map(Requested::correlationId)
            .findFirst()
            .orElseThrow();
    try (BackfillManager worker = worker().correlationId(id).build()) {
      assertThat(worker.runFor(Duration.ofHours(1)).completed()).isEqualTo(1);
    }
    assertThat(fixture.job("c/d").state()).isEqualTo(JobState.IDLE);
    assertThat(fixture.job("a/b").state()).isEqualTo(JobState.DISPATCHED);
  }

  @Test
  void aWorkerThereTakesOnlyWhatWasSentOrPlacedThere() throws InterruptedException {
    try (BackfillManager local = fixture.manager().build();
        BackfillManager worker = worker().build();
        BackfillManager lone = worker().anyPlacement(true).build()) {
      local.track("a/b");
      assertThat(worker.runDue().slices()).isZero();
      assertThat(lone.runFor(Duration.ofHours(1)).completed()).isEqualTo(1);
    }
  }

  @Test
  void whatIsNotTakenInTimeComesBackOnceWithTheReason() throws InterruptedException {
    try (BackfillManager local = sent()) {
      fixture.time.advance(Duration.ofMinutes(14));
      assertThat(local.runDue().slices()).isZero();
      fixture.time.advance(Duration.ofMinutes(2));
      assertThat(local.runFor(Duration.ofHours(2)).completed()).isEqualTo(1);
      assertThat(fixture.kinds("a/b"))
          .containsExactly("ROUTED", "DISPATCHED", "FELL_BACK", "COMPLETED");
      assertThat(fixture.last("a/b", JobEvent.Kind.FELL_BACK).orElseThrow().reason())
          .isEqualTo("no worker took it within 15m");
    }
  }

  /** Nothing is due here, and yet there is something to look after. */
  @Test
  @Timeout(60)
  void aManagerThatRunsForEverFollowsWhatItHasSent() throws Exception {
    try (BackfillManager local = local().build()) {
      local.track("a/b");
      assertThat(fixture.runUntilIdle(local, "a/b").completed()).isEqualTo(1);
    }
    assertThat(fixture.kinds("a/b")).contains("FELL_BACK", "COMPLETED");
  }

  @Test
  void aWorkerThatComesTooLateFindsNothingToTake() throws InterruptedException {
    try (BackfillManager local = sent();
        BackfillManager worker = worker().build()) {
      fixture.time.advance(Duration.ofMinutes(16));
      local.runDue(Duration.ofSeconds(2));
      assertThat(placement().fallback()).isTrue();
      assertThat(worker.runDue().slices()).isZero();
    }
  }

  @Test
  void aRunThatFailsComesBackAndThenRetriesHere() throws InterruptedException {
    fixture.source.failures.put(
        "a/b", new PermanentFailureException(Reason.NOT_FOUND, "it is not there", null));
    try (BackfillManager local = sent()) {
      actions.run = new Run("17", "https://github.com/x/y/17", "timed_out", false);
      fixture.time.advance(Duration.ofMinutes(1));
      assertThat(local.runDue().failed()).isEqualTo(1);
      assertThat(fixture.last("a/b", JobEvent.Kind.FELL_BACK).orElseThrow().reason())
          .isEqualTo("its run ended with timed_out (https://github.com/x/y/17)");
      assertThat(fixture.kinds("a/b"))
          .containsExactly("ROUTED", "DISPATCHED", "FELL_BACK", "FAILED", "RETRIED");
      assertThat(placement().destination()).isEqualTo(Destination.LOCAL);
    }
  }

  @Test
  void aFailureInTheWorkerThereComesBackToo() throws InterruptedException {
    fixture.source.failures.put(
        "a/b", new PermanentFailureException(Reason.NOT_FOUND, "it is not there", null));
    try (BackfillManager local = sent();
        BackfillManager worker = worker().build()) {
      assertThat(worker.runDue().failed()).isEqualTo(1);
      assertThat(placement())
          .isEqualTo(
              new Placement(
                  Destination.LOCAL, "github-actions did not do it: it is not there", true));
      fixture.source.failures.clear();
      assertThat(local.runFor(Duration.ofHours(2)).completed()).isEqualTo(1);
    }
  }

  @Test
  void aRunThatEndsInGoodOrderBeforeTheJobDidIsFollowedByAnother() throws InterruptedException {
    try (BackfillManager local = sent();
        BackfillManager worker = worker().build()) {
      worker.runFor(Duration.ofMinutes(1));
      actions.run = new Run("17", "https://github.com/x/y/17", "success", true);
      fixture.time.advance(Duration.ofMinutes(1));
      assertThat(local.runDue().dispatched()).isEqualTo(1);
      assertThat(actions.requests).hasSize(2);
      assertThat(worker.runFor(Duration.ofHours(1)).completed()).isEqualTo(1);
    }
  }

  @Test
  void aUsersRequestComesBackUnlessItIsClaimedThere() throws InterruptedException {
    try (BackfillManager local = sent();
        BackfillManager worker = worker().build()) {
      assertThat(local.sync("a/b", RequestedBy.by("ann", "a person waits"))).hasSize(1);
      assertThat(local.runDue(Duration.ofSeconds(2)).dispatched()).isZero();
      assertThat(placement().reason()).isEqualTo("its priority is manual");
      assertThat(worker.runDue().slices()).isZero();
      fixture.source.sizes.put("c/d", 20_000);
      local.track("c/d");
      local.runDue(Duration.ofSeconds(2));
      worker.runDue(Duration.ofSeconds(5));
      local.sync("c/d", RequestedBy.by("ann", "a person waits"));
      assertThat(fixture.job("c/d").state()).isEqualTo(JobState.DISPATCHED);
    }
  }

  @Test
  void runsAreLookedAtLessAndLessOften() throws InterruptedException {
    try (BackfillManager local = sent()) {
      for (int minute = 0; minute < 14; minute++) {
        fixture.time.advance(Duration.ofMinutes(1));
        local.runDue();
      }
      // After half a minute, then 1, 2, 4, 5, 5: as far as it looked then.
      assertThat(actions.looks).isBetween(4, 6);
    }
  }

  @Test
  void hundredsOfTargetsAreSentAFewAtATime() throws InterruptedException {
    fixture.source.sizes.clear();
    try (BackfillManager local = local().build()) {
      for (int i = 0; i < 40; i++) {
        local.track("many/" + i);
      }
      assertThat(local.runFor(Duration.ofMinutes(2)).dispatched()).isEqualTo(40);
    }
    assertThat(actions.requests).hasSize(40);
  }

  @Test
  void whatWasSentToADestinationThatIsNoMoreComesBack() throws InterruptedException {
    fixture.source.sizes.put("c/d", 100);
    try (BackfillManager local = sent()) {
      actions.failure = new TransientFailureException("GitHub answers 502", null);
      local.track("c/d");
      local.runDue();
    }
    assertThat(fixture.job("c/d").placement()).isNotNull();
    fixture.time.advance(Duration.ofMinutes(16));
    try (BackfillManager withoutActions = fixture.manager().build()) {
      assertThat(withoutActions.runFor(Duration.ofHours(2)).completed()).isEqualTo(2);
    }
    assertThat(fixture.last("a/b", JobEvent.Kind.FELL_BACK)).isPresent();
    assertThat(fixture.last("c/d", JobEvent.Kind.ROUTED).orElseThrow().reason())
        .isEqualTo("there is no other destination");
  }

  @Test
  void theRunsLinkIsStoredWithTheJob() throws InterruptedException {
    try (BackfillManager local = sent()) {
      actions.run = new Run("17", "https://github.com/x/y/17", null, false);
      fixture.time.advance(Duration.ofMinutes(1));
      local.runDue();
      Dispatch dispatch = Objects.requireNonNull(fixture.job("a/b").dispatch());
      assertThat(dispatch.url()).isEqualTo("https://github.com/x/y/17");
      assertThat(dispatch.run()).isEqualTo("17");
    }
  }

  @Test
  void aWorkerThatDiesThereIsNoticed() throws InterruptedException {
    try (BackfillManager local = sent()) {
      claim();
      fixture.time.advance(Duration.ofMinutes(16));
      local.runDue(Duration.ofSeconds(2));
      assertThat(fixture.last("a/b", JobEvent.Kind.FELL_BACK).orElseThrow().reason())
          .isEqualTo("its worker gave no sign of life for 15m");
    }
  }

  @Test
  void aWorkerThatDiesThereWhileItWaitsIsNoticedToo() throws InterruptedException {
    try (BackfillManager local = sent()) {
      claim();
      fixture.leaveWaiting("a/b", Duration.ofMinutes(40));
      fixture.time.advance(Duration.ofMinutes(50));
      local.runDue(Duration.ofSeconds(2));
      assertThat(fixture.job("a/b").state()).as("it may be late").isEqualTo(JobState.DISPATCHED);

      fixture.time.advance(Duration.ofMinutes(16));
      local.runDue(Duration.ofSeconds(2));

      assertThat(fixture.last("a/b", JobEvent.Kind.FELL_BACK).orElseThrow().reason())
          .isEqualTo("its worker gave no sign of life for 15m");
    }
  }

  @Test
  void whatIsRefusedRunsHere() throws InterruptedException {
    actions.failure =
        new PermanentFailureException(
            Reason.INVALID_REQUEST, "GitHub answers 422 \"Unexpected inputs provided\"", null);
    try (BackfillManager local = local().build()) {
      local.track("a/b");
      assertThat(local.runFor(Duration.ofHours(2)).completed()).isEqualTo(1);
      assertThat(fixture.last("a/b", JobEvent.Kind.FELL_BACK).orElseThrow().reason())
          .contains("Unexpected inputs provided");
    }
  }

  @Test
  void aLimitDelaysTheRequestAndIsNoFailure() throws InterruptedException {
    actions.failure =
        RateLimitedException.secondary(fixture.time.now().plus(Duration.ofMinutes(1)), "slower");
    try (BackfillManager local = local().build()) {
      local.track("a/b");
      assertThat(local.runDue().dispatched()).isZero();
      actions.failure = null;
      assertThat(local.runDue().dispatched()).isZero();
      fixture.time.advance(Duration.ofMinutes(1));
      assertThat(local.runDue().dispatched()).isEqualTo(1);
      assertThat(fixture.kinds("a/b")).containsExactly("ROUTED", "DISPATCHED");
    }
  }

  @Test
  void whatIsNotHeardIsSentAgainAndComesBackAfterThreeTries() throws InterruptedException {
    actions.failure = new TransientFailureException("GitHub answers 502", null);
    try (BackfillManager local = local().build()) {
      local.track("a/b");
      assertThat(local.runFor(Duration.ofHours(3)).completed()).isEqualTo(1);
      assertThat(fixture.kinds("a/b"))
          .containsExactly("ROUTED", "RETRIED", "RETRIED", "FELL_BACK", "COMPLETED");
    }
  }

  @Test
  void theEmergencySwitchKeepsJobsHereUntilItIsRestored() throws InterruptedException {
    try (BackfillManager local = local().build()) {
      local.disable(Destination.GITHUB_ACTIONS, RequestedBy.by("ann", "runners are down"));
      local.track("a/b");
      assertThat(local.runFor(Duration.ofHours(2)).completed()).isEqualTo(1);
      assertThat(actions.requests).isEmpty();
      assertThat(placement().reason())
          .isEqualTo("no rule sends it elsewhere; switched off: [github-actions]");
      assertThat(local.enable(Destination.GITHUB_ACTIONS)).isTrue();
      assertThat(local.enable(Destination.GITHUB_ACTIONS)).isFalse();
      fixture.source.sizes.put("c/d", 10);
      local.track("c/d");
      assertThat(local.runDue().dispatched()).isEqualTo(1);
    }
  }

  @Test
  void aDestinationWithManyFailuresIsDisabledAndRetriedLater() throws InterruptedException {
    try (BackfillManager local = local().build()) {
      for (int i = 0; i < 8; i++) {
        fixture.source.sizes.put("x/" + i, 100);
        local.track("x/" + i);
      }
      assertThat(local.runDue().dispatched()).isEqualTo(8);
      actions.run = new Run("1", null, "failure", false);
      fixture.time.advance(Duration.ofMinutes(1));
      local.runDue();
      Suspension rollback = fixture.jobs.suspensions().get(0);
      assertThat(rollback.subject()).isEqualTo("destination:github-actions");
      assertThat(rollback.actor()).isEqualTo(Suspension.AUTOMATIC);
      assertThat(rollback.reason())
          .startsWith("5 of its last 5 jobs failed, the last one because its run ended with");
      fixture.source.sizes.put("y/1", 100);
      local.track("y/1");
      assertThat(local.runDue().completed()).isEqualTo(1);
      fixture.time.advance(Duration.ofHours(1));
      actions.run = Run.NONE;
      fixture.source.sizes.put("y/2", 100);
      local.track("y/2");
      assertThat(local.runDue().dispatched()).isEqualTo(1);
      try (BackfillManager worker = worker().build()) {
        worker.runFor(Duration.ofMinutes(1));
      }
      assertThat(fixture.jobs.suspensions()).isEmpty();
    }
  }
}
