package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What asking for a job changes of one that is there. */
class JobTriggersTest {

  private static final Trigger TRACKED = new Trigger(Priority.TRACKED, "newly tracked");
  private static final Trigger MANUAL = new Trigger(Priority.MANUAL, "a person waits");
  private static final Trigger DETECTED = new Trigger(Priority.DETECTED, "gaps");

  private final ManagerFixture fixture = new ManagerFixture();
  private final JobTriggers triggers =
      new JobTriggers(fixture.jobUpdater(), ManagerRules.Fairness.DEFAULT);

  @BeforeEach
  void aJob() {
    assertThat(triggers.track(fixture.key("a/b"), TRACKED)).isTrue();
    fixture.time.advance(Duration.ofHours(3));
  }

  private boolean queue(Trigger trigger) {
    return triggers.queue(fixture.key("a/b"), trigger);
  }

  private Instant now() {
    return fixture.time.now();
  }

  /** Leaves the job with a turn of three slices and two attempts. */
  private Schedule leave(JobState state, Instant order, @Nullable Instant due) {
    Schedule schedule = new Schedule(now().minusSeconds(60), due, order, 2, 3);
    fixture.jobs.update(schedule.on(fixture.job("a/b").withState(state)), List.of()).orElseThrow();
    return schedule;
  }

  @Test
  void trackingAgainChangesNothing() {
    Job before = fixture.job("a/b");
    assertThat(triggers.track(fixture.key("a/b"), MANUAL)).isFalse();
    assertThat(fixture.job("a/b")).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(
      value = JobState.class,
      names = {"IDLE", "FAILED"})
  void aJobThatRestsBeginsAnew(JobState state) {
    leave(state, now().minusSeconds(60), now().plusSeconds(3_600));
    assertThat(queue(DETECTED)).isTrue();
    Job job = fixture.job("a/b");
    assertThat(job.state()).isEqualTo(JobState.QUEUED);
    assertThat(Trigger.of(job)).isEqualTo(DETECTED);
    assertThat(Schedule.of(job))
        .isEqualTo(new Schedule(now(), now(), now().plus(Duration.ofMinutes(20)), 2, 0));
    assertThat(fixture.last("a/b", Kind.TRIGGERED).orElseThrow().reason()).isEqualTo("gaps");
  }

  @Test
  void whatIsNoMoreUrgentLeavesAQueuedJobAlone() {
    Job before = fixture.job("a/b");
    assertThat(queue(DETECTED)).isFalse();
    assertThat(queue(new Trigger(Priority.TRACKED, "again"))).isFalse();
    assertThat(fixture.job("a/b")).isEqualTo(before);
  }

  @Test
  void aQueuedJobThatNothingMakesDueBecomesDue() {
    leave(JobState.QUEUED, now(), null);
    assertThat(queue(DETECTED)).isTrue();
    assertThat(fixture.job("a/b").dueAt()).isEqualTo(now());
  }

  @Test
  void moreUrgentWorkIsDueAtOnceAndKeepsABetterPlace() {
    Schedule early = leave(JobState.QUEUED, now().minusSeconds(1), now().plusSeconds(3_600));
    assertThat(queue(MANUAL)).isTrue();
    assertThat(Schedule.of(fixture.job("a/b")))
        .isEqualTo(new Schedule(early.queuedAt(), now(), early.order(), 2, 3));
  }

  @Test
  void moreUrgentWorkGetsABetterPlace() {
    Schedule late = leave(JobState.QUEUED, now().plusSeconds(1), now().plusSeconds(3_600));
    assertThat(queue(MANUAL)).isTrue();
    assertThat(Schedule.of(fixture.job("a/b")))
        .isEqualTo(new Schedule(late.queuedAt(), now(), now(), 2, 3));
  }

  @Test
  void onlyAWorkerThatHasTakenAJobKeepsIt() {
    Job placed =
        fixture
            .jobs
            .update(
                fixture
                    .job("a/b")
                    .withPlacement(new Placement(Destination.GITHUB_ACTIONS, "a test", false)),
                List.of())
            .orElseThrow();
    Dispatch dispatch = new Dispatch("id", now(), null, null, null);
    Job claimed =
        fixture.jobs.update(placed.withDispatch(dispatch.claimed(now())), List.of()).orElseThrow();
    assertThat(queue(MANUAL)).isTrue();
    assertThat(fixture.job("a/b").dispatch()).isEqualTo(claimed.dispatch());

    leave(JobState.DISPATCHED, now(), now());
    Job unclaimed =
        Schedule.of(claimed)
            .on(fixture.job("a/b").withState(JobState.DISPATCHED))
            .withTrigger(TRACKED.priority(), TRACKED.reason());
    fixture.jobs.update(unclaimed.withDispatch(dispatch), List.of()).orElseThrow();
    assertThat(queue(MANUAL)).isTrue();
    assertThat(fixture.job("a/b").state()).isEqualTo(JobState.QUEUED);
    assertThat(fixture.job("a/b").placement()).as("it may belong elsewhere now").isNull();
  }
}
