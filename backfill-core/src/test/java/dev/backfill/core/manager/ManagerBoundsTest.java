package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.store.Claim;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** What a manager leaves alone, and for how long. */
class ManagerBoundsTest {

  private final ManagerFixture fixture = new ManagerFixture();

  @Test
  void whileTheQuotaOfASourceIsUsedUpNoOtherJobOfItBegins() throws InterruptedException {
    fixture.source.sizes.put("a/b", 200_000);
    fixture.source.sizes.put("c/d", 10);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      manager.runDue();
      assertThat(fixture.backfill("a/b").holder()).isNull();

      manager.track("c/d");
      manager.runDue();

      assertThat(fixture.backfill("c/d").startedAt()).as("it has not begun").isNull();
    }
  }

  @Test
  void whatProgressedAMomentAgoIsNotAbandoned() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      fixture.time.advance(Duration.ofDays(1));
      Claim granted =
          fixture.progress.claim(
              fixture.backfill("a/b").id(),
              new LeaseRequest("worker", "local", Duration.ofMinutes(1)));
      fixture.progress.release(granted.lease(), LeaseRelease.moreToDo());

      assertThat(manager.detectMissing()).isEmpty();
    }
  }

  /**
   * A manager that dies between taking a job and claiming its lease leaves no lease to wait for.
   */
  @Test
  void aJobThatWasTakenIsLeftAloneForTwoMinutes() throws InterruptedException {
    fixture.source.sizes.put("a/b", 10);
    try (BackfillManager dies =
        fixture
            .manager()
            .executor(
                task -> {
                  throw new RejectedExecutionException("the manager dies");
                })
            .build()) {
      dies.track("a/b");
      assertThatThrownBy(dies::runDue).isInstanceOf(RejectedExecutionException.class);
    }
    assertThat(fixture.job("a/b").dueAt())
        .isEqualTo(fixture.time.now().plus(Duration.ofMinutes(2)));
    try (BackfillManager other = fixture.manager().build()) {
      fixture.time.advance(Duration.ofSeconds(119));
      assertThat(other.runDue().slices()).isZero();
      fixture.time.advance(Duration.ofSeconds(1));
      assertThat(other.runDue().completed()).isEqualTo(1);
    }
  }
}
