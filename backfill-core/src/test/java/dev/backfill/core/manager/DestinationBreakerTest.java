package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.Suspension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a destination is switched off, for how long, and when it counts as working again. */
class DestinationBreakerTest {

  private static final Destination ACTIONS = Destination.GITHUB_ACTIONS;

  private final ManagerFixture fixture = new ManagerFixture();
  private final JobUpdater updater = fixture.jobUpdater();
  private final DestinationBreaker destinationBreaker =
      new DestinationBreaker(updater, ManagerRules.Dispatches.DEFAULT);

  @BeforeEach
  void aJob() {
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
    }
  }

  /** As many jobs ended like this there. */
  private void ended(int jobs, Kind how) {
    for (int i = 0; i < jobs; i++) {
      Job job = fixture.job("a/b");
      fixture.jobs.update(job, List.of(updater.event(job, how, ACTIONS, "a test"))).orElseThrow();
    }
  }

  private @Nullable Suspension suspension() {
    List<Suspension> suspensions = fixture.jobs.suspensions();
    return suspensions.isEmpty() ? null : suspensions.get(0);
  }

  private void suspend(String actor, Duration rest, int times) {
    Instant now = fixture.time.now();
    fixture.jobs.suspend(
        new Suspension(Suspension.of(ACTIONS), "a test", actor, now, now.plus(rest), times));
  }

  @Test
  void halfOfTheLastTwentyMayFail() {
    ended(10, Kind.COMPLETED);
    ended(10, Kind.FAILED);
    destinationBreaker.failed(ACTIONS);
    assertThat(suspension()).isNull();

    ended(1, Kind.FELL_BACK);
    destinationBreaker.failed(ACTIONS);
    assertThat(suspension())
        .isEqualTo(
            new Suspension(
                Suspension.of(ACTIONS),
                "11 of its last 20 jobs failed, the last one because a test",
                Suspension.AUTOMATIC,
                fixture.time.now(),
                fixture.time.now().plus(Duration.ofHours(1)),
                1));
  }

  @Test
  void fewerThanFiveJobsJudgeNothing() {
    ended(4, Kind.FAILED);
    destinationBreaker.failed(ACTIONS);
    assertThat(suspension()).isNull();

    ended(1, Kind.FAILED);
    destinationBreaker.failed(ACTIONS);
    assertThat(suspension()).isNotNull();
  }

  @Test
  void whereTheManagerIsNothingIsSwitchedOff() {
    for (int i = 0; i < 20; i++) {
      Job job = fixture.job("a/b");
      fixture.jobs.update(
          job, List.of(updater.event(job, Kind.FAILED, Destination.LOCAL, "a test")));
    }
    destinationBreaker.failed(Destination.LOCAL);
    assertThat(suspension()).isNull();
  }

  @Test
  void whileItIsOffAFurtherFailureProlongsNothing() {
    suspend(Suspension.AUTOMATIC, Duration.ofHours(1), 1);
    Suspension before = suspension();
    ended(20, Kind.FAILED);
    destinationBreaker.failed(ACTIONS);
    assertThat(suspension()).isEqualTo(before);
  }

  @Test
  void afterItsRestOnlyWhatEndedSinceCounts() {
    suspend(Suspension.AUTOMATIC, Duration.ofHours(1), 1);
    fixture.time.advance(Duration.ofHours(1));
    ended(5, Kind.FAILED);
    destinationBreaker.failed(ACTIONS);
    assertThat(suspension().times()).as("at the very end of the rest").isEqualTo(1);

    fixture.time.advance(Duration.ofSeconds(1));
    ended(5, Kind.FAILED);
    destinationBreaker.failed(ACTIONS);
    assertThat(suspension().times()).isEqualTo(2);
    assertThat(suspension().until()).isEqualTo(fixture.time.now().plus(Duration.ofHours(2)));
  }

  @Test
  void itRestsForADayAtMost() {
    suspend(Suspension.AUTOMATIC, Duration.ZERO, 5);
    fixture.time.advance(Duration.ofSeconds(1));
    ended(5, Kind.FAILED);
    destinationBreaker.failed(ACTIONS);
    assertThat(suspension().until()).isEqualTo(fixture.time.now().plus(Duration.ofDays(1)));
  }

  @Test
  void aRestOfMoreThanADayWasWrittenByAWrongClock() {
    Instant now = fixture.time.now();
    suspend(Suspension.AUTOMATIC, Duration.ofDays(1), 1);
    assertThat(DestinationBreaker.holds(suspension(), now)).isTrue();
    suspend(Suspension.AUTOMATIC, Duration.ofDays(1).plusMillis(1), 1);
    assertThat(DestinationBreaker.holds(suspension(), now)).isFalse();
    suspend("ann", Duration.ofDays(30), 1);
    assertThat(DestinationBreaker.holds(suspension(), now)).as("a person's own").isTrue();
  }

  @Test
  void aRestThatAWrongClockHasLeftHidesNoFailures() {
    suspend(Suspension.AUTOMATIC, Duration.ofDays(365), 1);
    ended(5, Kind.FAILED);
    destinationBreaker.failed(ACTIONS);
    assertThat(suspension().until()).isEqualTo(fixture.time.now().plus(Duration.ofHours(2)));
  }

  @Test
  void aJobThatEndsWellEndsARestThatIsOver() {
    suspend(Suspension.AUTOMATIC, Duration.ofHours(1), 1);
    destinationBreaker.completed(ACTIONS);
    assertThat(suspension()).as("it holds").isNotNull();

    fixture.time.advance(Duration.ofHours(1));
    destinationBreaker.completed(Destination.LOCAL);
    assertThat(suspension()).as("another destination").isNotNull();
    destinationBreaker.completed(ACTIONS);
    assertThat(suspension()).isNull();

    suspend("ann", Duration.ZERO, 1);
    destinationBreaker.completed(ACTIONS);
    assertThat(suspension()).as("a person's own").isNotNull();
  }
}
