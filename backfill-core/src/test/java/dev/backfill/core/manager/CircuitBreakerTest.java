package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Suspension;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {

  private final ManagerFixture fixture = new ManagerFixture();

  private static PermanentFailureException failure(Reason reason) {
    return new PermanentFailureException(reason, "the token is refused; give another one", null);
  }

  private BackfillManager manager(Reason reason) {
    BackfillManager manager = fixture.manager().build();
    for (int i = 0; i < 50; i++) {
      fixture.source.sizes.put("a/" + i, 100);
      fixture.source.failures.put("a/" + i, failure(reason));
      manager.track("a/" + i);
    }
    return manager;
  }

  @Test
  void aStormOfOneFailureStopsAllWorkForAWhile() throws InterruptedException {
    try (BackfillManager manager = manager(Reason.BAD_CREDENTIALS)) {
      RunSummary summary = manager.runDue();
      assertThat(summary.failed()).isEqualTo(5);
      Suspension rest = fixture.jobs.suspensions().get(0);
      assertThat(rest.subject()).isEqualTo(Suspension.WORK);
      assertThat(rest.until()).isEqualTo(fixture.time.now().plus(Duration.ofMinutes(1)));
      assertThat(summary.nextDue()).isEqualTo(rest.until());
      assertThat(manager.runDue().slices()).isZero();
      // One slice tries, and fails: twice as long.
      fixture.time.advance(Duration.ofMinutes(1));
      assertThat(manager.runDue().failed()).isEqualTo(1);
      assertThat(fixture.jobs.suspensions().get(0).until())
          .isEqualTo(fixture.time.now().plus(Duration.ofMinutes(2)));
      fixture.source.failures.clear();
      assertThat(manager.runFor(Duration.ofHours(2)).completed()).isEqualTo(50);
      assertThat(fixture.jobs.suspensions()).isEmpty();
    }
  }

  @Test
  void anOpenBreakerOfAWrongClockClosesInTime() throws InterruptedException {
    fixture.source.sizes.put("a/b", 10);
    Instant wrong = fixture.time.now().plus(Duration.ofDays(3_650));
    fixture.jobs.suspend(
        new Suspension(
            Suspension.WORK,
            "UNREACHABLE: 502",
            Suspension.AUTOMATIC,
            wrong,
            wrong.plus(Duration.ofMinutes(1)),
            1));
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      assertThat(manager.runDue().completed()).isEqualTo(1);
      assertThat(fixture.jobs.suspensions()).isEmpty();
    }
  }

  @Test
  void anotherProcessRestsToo() throws InterruptedException {
    try (BackfillManager manager = manager(Reason.BAD_CREDENTIALS);
        BackfillManager other = fixture.manager().build()) {
      manager.runDue();
      assertThat(other.runDue().slices()).isZero();
    }
  }

  @Test
  void aFailureWithItsOwnReasonStopsNoOtherJob() throws InterruptedException {
    try (BackfillManager manager = manager(Reason.NOT_FOUND)) {
      fixture.source.failures.remove("a/49");
      RunSummary summary = manager.runDue();
      assertThat(summary.failed()).isEqualTo(49);
      assertThat(summary.completed()).isEqualTo(1);
      assertThat(fixture.jobs.suspensions()).isEmpty();
    }
  }

  /** The one that tries first when a rest is over is never the same one twice. */
  @Test
  void oneThatFailsForEverDoesNotKeepTheOthersFromTheirTry() throws InterruptedException {
    try (BackfillManager manager = fixture.manager().build()) {
      fixture.source.sizes.put("bad/0", 100);
      fixture.source.failures.put("bad/0", new TransientFailureException("502 for one", null));
      manager.track("bad/0");
      manager.runFor(Duration.ofMinutes(3));
      for (int i = 0; i < 10; i++) {
        fixture.source.sizes.put("a/" + i, 100);
        fixture.source.failures.put("a/" + i, new TransientFailureException("502", null));
        manager.track("a/" + i);
      }
      manager.runFor(Duration.ofMinutes(20));
      assertThat(fixture.jobs.suspensions()).hasSize(1);
      fixture.source.failures.keySet().removeIf(target -> !target.equals("bad/0"));

      assertThat(manager.runFor(Duration.ofDays(1)).completed()).isEqualTo(10);
    }
  }

  @Test
  void fiveThatAreForbiddenDoNotKeepAHundredFromTheirWork() throws InterruptedException {
    try (BackfillManager manager = fixture.manager().build()) {
      for (int i = 0; i < 105; i++) {
        String target = (i < 5 ? "bad/" : "good/") + i;
        fixture.source.sizes.put(target, 100);
        if (i < 5) {
          fixture.source.failures.put(target, failure(Reason.FORBIDDEN));
        }
        manager.track(target);
      }

      assertThat(manager.runFor(Duration.ofDays(1)).completed()).isEqualTo(100);

      // Each has used up its tries, and lets the others alone between one try and the next.
      assertThat(manager.runFor(Duration.ofDays(3)).completed()).isZero();
      for (int i = 0; i < 5; i++) {
        assertThat(fixture.job("bad/" + i).state()).isEqualTo(JobState.FAILED);
      }
    }
  }

  @Test
  void aStormUsesUpNoRetries() throws InterruptedException {
    try (BackfillManager manager = manager(Reason.BAD_CREDENTIALS)) {
      manager.runFor(Duration.ofHours(12));
      assertThat(fixture.jobs.list()).allMatch(job -> job.state() == JobState.QUEUED);
      assertThat(fixture.jobs.list()).allMatch(job -> job.attempts() <= 1);
      // Half an hour at most between two tries.
    }
    assertThat(fixture.events.stream().filter(BackfillEvent.SliceStarted.class::isInstance).count())
        .isBetween(25L, 45L);
  }
}
