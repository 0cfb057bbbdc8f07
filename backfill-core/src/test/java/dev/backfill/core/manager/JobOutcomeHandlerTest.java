package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import dev.backfill.api.job.Suspension;
import dev.backfill.core.run.SliceResult;
import dev.backfill.core.run.SliceResult.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a job by how its slice ended, and by what others made of it meanwhile. */
class JobOutcomeHandlerTest {

  private static final SliceResult.Counts NOTHING = SliceResult.Counts.NONE;
  private static final SliceResult.Counts TWO_CHUNKS = new SliceResult.Counts(2, 100, 100, 0, 0, 4);
  private static final Trigger TRACKED = new Trigger(Priority.TRACKED, "newly tracked");
  private static final Trigger SCHEDULED = new Trigger(Priority.SCHEDULED, "time to look");
  private static final Placement ACTIONS =
      new Placement(Destination.GITHUB_ACTIONS, "a test", false);
  private static final PermanentFailureException GONE =
      new PermanentFailureException(Reason.NOT_FOUND, "it is not there; check the name", null);

  private final ManagerFixture fixture = new ManagerFixture();
  private final JobUpdater updater = fixture.jobUpdater();
  private @Nullable Duration untilNextSync = Duration.ofHours(1);
  private final JobOutcomeHandler outcomes =
      new JobOutcomeHandler(
          updater,
          ManagerRules.DEFAULT,
          new CircuitBreaker(updater, ManagerRules.Breaker.DEFAULT),
          new DestinationBreaker(updater, ManagerRules.Dispatches.DEFAULT),
          () -> untilNextSync);

  @BeforeEach
  void aJob() {
    new JobTriggers(updater, ManagerRules.Fairness.DEFAULT).track(fixture.key("a/b"), TRACKED);
    fixture.time.advance(Duration.ofHours(1));
  }

  private Instant now() {
    return fixture.time.now();
  }

  private Job store(UnaryOperator<Job> change) {
    return fixture.jobs.update(change.apply(fixture.job("a/b")), List.of()).orElseThrow();
  }

  /** The job as a worker takes it: it has had three slices and two failures. */
  private Job taken(Trigger trigger) {
    Schedule schedule =
        new Schedule(now().minusSeconds(60), now().plusSeconds(120), now().minusSeconds(30), 2, 3);
    return store(
        job ->
            schedule
                .on(job.withState(JobState.QUEUED))
                .withTrigger(trigger.priority(), trigger.reason()));
  }

  private Job takenElsewhere() {
    taken(TRACKED);
    Schedule schedule = Schedule.of(fixture.job("a/b"));
    store(job -> job.withPlacement(ACTIONS));
    return store(
        job ->
            schedule
                .on(job.withState(JobState.QUEUED))
                .withDispatch(new Dispatch("id", now(), null, null, now())));
  }

  private void done(Job taken, SliceResult.Counts counts) {
    outcomes.after(taken, new SliceResult.Done(fixture.backfill("a/b"), counts));
  }

  private void hasMore(Job taken, SliceResult.Counts counts) {
    outcomes.after(taken, new SliceResult.ContinueNow(fixture.backfill("a/b"), counts));
  }

  private void stopped(Job taken, StopReason why, @Nullable BackfillException failure) {
    stopped(taken, why, failure, NOTHING);
  }

  private void stopped(
      Job taken, StopReason why, @Nullable BackfillException failure, SliceResult.Counts counts) {
    outcomes.after(
        taken, new SliceResult.Stopped(fixture.backfill("a/b"), counts, why, "a test", failure));
  }

  private Job job() {
    return fixture.job("a/b");
  }

  private Schedule schedule() {
    return Schedule.of(job());
  }

  private void allWorkRests() {
    fixture.jobs.suspend(
        new Suspension(
            Suspension.WORK, "a test", Suspension.AUTOMATIC, now(), now().plusSeconds(60), 1));
  }

  private boolean workRests() {
    return !fixture.jobs.suspensions().isEmpty();
  }

  @Test
  void aCompleteHistoryIsLookedAtAgainByTheInterval() {
    done(taken(TRACKED), TWO_CHUNKS);
    Instant due = now().plus(Duration.ofHours(1));
    assertThat(job().state()).isEqualTo(JobState.IDLE);
    assertThat(job().priority()).isEqualTo(Priority.SCHEDULED);
    assertThat(schedule())
        .isEqualTo(new Schedule(now(), due, due.plus(Duration.ofMinutes(30)), 0, 0));

    untilNextSync = null;
    done(taken(TRACKED), TWO_CHUNKS);
    assertThat(schedule())
        .isEqualTo(new Schedule(now(), null, now().plus(Duration.ofMinutes(30)), 0, 0));
  }

  @Test
  void onlyARegularLookHereThatFoundNothingLeavesNoEvent() {
    done(taken(SCHEDULED), NOTHING);
    assertThat(fixture.kinds("a/b")).isEmpty();
    done(taken(SCHEDULED), new SliceResult.Counts(1, 1, 1, 0, 0, 1));
    assertThat(fixture.kinds("a/b")).containsExactly("COMPLETED");
    done(taken(TRACKED), NOTHING);
    assertThat(fixture.kinds("a/b")).containsExactly("COMPLETED", "COMPLETED");
    taken(SCHEDULED);
    done(store(job -> job.withPlacement(ACTIONS)), NOTHING);
    assertThat(fixture.kinds("a/b")).containsExactly("COMPLETED", "COMPLETED", "COMPLETED");
  }

  @Test
  void whatHasMoreToDoGoesBehindTheOthers() {
    allWorkRests();
    Schedule before = Schedule.of(taken(TRACKED));
    hasMore(job(), TWO_CHUNKS);
    assertThat(schedule())
        .isEqualTo(
            new Schedule(before.queuedAt(), now(), now().plus(Duration.ofMinutes(10)), 0, 4));
    assertThat(workRests()).as("something works").isFalse();
  }

  @Test
  void aCompletionProvesThatWorkIsPossible() {
    allWorkRests();
    done(taken(TRACKED), NOTHING);
    assertThat(workRests()).isFalse();
  }

  @Test
  void aSliceWithoutAChunkProvesNothing() {
    allWorkRests();
    hasMore(taken(TRACKED), NOTHING);
    assertThat(schedule().attempts()).isEqualTo(2);
    assertThat(schedule().slices()).isEqualTo(4);
    assertThat(workRests()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(StopReason.class)
  void whatWasStoppedWithoutAFailureIsGivenBackAsItWas(StopReason why) {
    Schedule before = Schedule.of(taken(TRACKED));
    stopped(job(), why, null);
    assertThat(schedule()).isEqualTo(new Schedule(before.queuedAt(), now(), before.order(), 2, 3));
    assertThat(job().state()).isEqualTo(JobState.QUEUED);
  }

  @Test
  void whatAnotherWorkerHeldIsGivenBackUnlessItWasChanged() {
    SliceResult held = new SliceResult.Held(fixture.backfill("a/b"), "another", now());
    Schedule before = Schedule.of(taken(TRACKED));
    outcomes.after(job(), held);
    assertThat(schedule()).isEqualTo(new Schedule(before.queuedAt(), now(), before.order(), 2, 3));

    Job taken = taken(TRACKED);
    Job changed =
        store(
            job ->
                job.withState(JobState.QUEUED)
                    .withTrigger(SCHEDULED.priority(), SCHEDULED.reason()));
    outcomes.after(taken, held);
    stopped(taken, StopReason.PAUSED, null);
    assertThat(job()).isEqualTo(changed);
  }

  @Test
  void theLinkOfARunChangesNothingOfItsJob() {
    Job taken = takenElsewhere();
    store(job -> job.withDispatch(job.dispatch().ranAs("17", "https://github.example/17")));
    done(taken, TWO_CHUNKS);
    assertThat(job().state()).isEqualTo(JobState.IDLE);
  }

  @Test
  void aJobThatWasAskedForMeanwhileRunsAgain() {
    for (boolean elsewhere : new boolean[] {false, true}) {
      Job taken = elsewhere ? takenElsewhere() : taken(TRACKED);
      Schedule due = new Schedule(taken.queuedAt(), now(), taken.order(), 2, 3);
      store(
          job ->
              due.on(job.withState(job.state()))
                  .withTrigger(SCHEDULED.priority(), SCHEDULED.reason()));
      done(taken, TWO_CHUNKS);
      assertThat(job().state()).isEqualTo(taken.state());
      assertThat(schedule().dueAt()).isEqualTo(now());
      assertThat(schedule().slices()).isEqualTo(4);
    }
  }

  /** Whatever has become of the job is another manager's to decide. */
  private void assertThatItStays(Job taken, UnaryOperator<Job> meanwhile) {
    Job changed = store(meanwhile);
    done(taken, TWO_CHUNKS);
    hasMore(taken, TWO_CHUNKS);
    stopped(taken, StopReason.FAILED, GONE);
    assertThat(job()).isEqualTo(changed);
  }

  private static Schedule with(Schedule schedule, @Nullable Instant due, int attempts) {
    return new Schedule(schedule.queuedAt(), due, schedule.order(), attempts, schedule.slices());
  }

  @Test
  void aJobThatAnotherManagerHasTakenOrEndedStaysAsItIs() {
    Job taken = taken(TRACKED);
    Schedule schedule = Schedule.of(taken);
    assertThatItStays(
        taken, job -> with(schedule, now().plusSeconds(1), 2).on(job.withState(JobState.QUEUED)));
    assertThatItStays(taken, job -> with(schedule, now(), 3).on(job.withState(JobState.QUEUED)));
    assertThatItStays(taken, job -> with(schedule, null, 2).on(job.withState(JobState.QUEUED)));
    assertThatItStays(taken, job -> with(schedule, now(), 2).on(job.withState(JobState.IDLE)));
    assertThatItStays(taken, job -> schedule.on(job.withState(JobState.FAILED)));
    assertThatItStays(
        taken,
        job ->
            schedule
                .on(job.withState(JobState.QUEUED))
                .withTrigger(SCHEDULED.priority(), SCHEDULED.reason()));
  }

  @Test
  void aJobOfAnotherRequestStaysAsItIs() {
    Job here = taken(TRACKED);
    store(job -> job.withPlacement(ACTIONS));
    assertThatItStays(
        here,
        job ->
            with(Schedule.of(here), now(), 2)
                .on(job.withState(JobState.QUEUED))
                .withDispatch(new Dispatch("other", now(), null, null, null)));
    Job sent = takenElsewhere();
    assertThatItStays(
        sent,
        job ->
            Schedule.of(sent)
                .on(job.withState(JobState.DISPATCHED))
                .withDispatch(new Dispatch("other", now(), null, null, null)));
    Schedule due = with(Schedule.of(sent), now(), 2);
    assertThatItStays(sent, job -> due.on(job.withState(JobState.QUEUED)).withPlacement(ACTIONS));
  }

  @Test
  void aLimitPutsAJobOffAndCountsForNothing() {
    Schedule before = Schedule.of(taken(TRACKED));
    RateLimitedException limited = RateLimitedException.primary(now(), "wait a while");
    stopped(job(), StopReason.FAILED, limited);
    assertThat(schedule())
        .isEqualTo(
            new Schedule(before.queuedAt(), now().plus(Duration.ofHours(1)), before.order(), 2, 3));
    assertThat(fixture.last("a/b", Kind.RETRIED).orElseThrow().reason())
        .isEqualTo("limited, which is no failure: wait a while");
  }

  @Test
  void aFailureAfterAChunkIsTheFirstOne() {
    allWorkRests();
    stopped(taken(TRACKED), StopReason.FAILED, GONE, TWO_CHUNKS);
    assertThat(schedule().attempts()).isEqualTo(1);
    assertThat(workRests()).as("something works").isFalse();
    stopped(taken(TRACKED), StopReason.FAILED, GONE);
    assertThat(schedule().attempts()).as("after two").isEqualTo(3);
  }

  @Test
  void aFailureThatAllHaveGoesBehindTheOthersAndCountsForNothing() {
    allWorkRests();
    Schedule before = Schedule.of(taken(TRACKED));
    stopped(job(), StopReason.FAILED, new TransientFailureException("502", null));
    assertThat(schedule())
        .isEqualTo(
            new Schedule(before.queuedAt(), now(), now().plus(Duration.ofMinutes(10)), 2, 3));
    assertThat(fixture.last("a/b", Kind.RETRIED).orElseThrow().reason())
        .isEqualTo("all work is suspended, since other targets fail in the same way: 502");
  }

  @Test
  void failuresElsewhereSwitchTheDestinationOff() {
    for (int times = 1; times <= 5; times++) {
      assertThat(fixture.jobs.suspensions()).isEmpty();
      stopped(takenElsewhere(), StopReason.FAILED, GONE);
      assertThat(job().placement())
          .isEqualTo(
              new Placement(
                  Destination.LOCAL,
                  "github-actions did not do it: it is not there; check the name",
                  true));
    }
    assertThat(fixture.jobs.suspensions()).hasSize(1);
  }

  @Test
  void theReasonOfAPlacementIsCut() {
    stopped(
        takenElsewhere(),
        StopReason.FAILED,
        new PermanentFailureException(Reason.NOT_FOUND, "x".repeat(600), null));
    assertThat(job().placement().reason()).hasSize(500);
  }
}
