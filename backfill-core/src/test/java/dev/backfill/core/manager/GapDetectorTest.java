package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Priority;
import dev.backfill.api.source.Completeness;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.core.internal.CountDifference;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class GapDetectorTest {

  private final ManagerFixture fixture = new ManagerFixture();

  private BackfillManager complete(int items) throws InterruptedException {
    fixture.source.sizes.put("a/b", items);
    BackfillManager manager = fixture.manager().build();
    manager.track("a/b");
    manager.runDue();
    return manager;
  }

  @Test
  void nothingIsMissingOfACompleteHistoryAndThatCostsARequest() throws InterruptedException {
    try (BackfillManager manager = complete(1_000)) {
      long before = fixture.quota.used();
      assertThat(manager.detectMissing()).isEmpty();
      assertThat(fixture.quota.used() - before).isEqualTo(1);
    }
  }

  @Test
  void whatIsMuchLessThanTheSourceCountsIsIncomplete() throws InterruptedException {
    try (BackfillManager manager = complete(1_000)) {
      fixture.counts.put("a/b", 950L);
      assertThat(manager.detectMissing()).isEmpty();
      fixture.counts.put("a/b", 949L);
      List<BackfillManager.Finding> findings = manager.detectMissing();
      assertThat(findings)
          .containsExactly(
              new BackfillManager.Finding(
                  fixture.key("a/b"),
                  BackfillManager.Finding.Kind.INCOMPLETE,
                  "949 of 1,000 item(s) are stored or in quarantine",
                  true));
      assertThat(fixture.job("a/b").priority()).isEqualTo(Priority.DETECTED);
      assertThat(fixture.job("a/b").reason())
          .isEqualTo("incomplete: 949 of 1,000 item(s) are stored or in quarantine");
      assertThat(manager.detectMissing()).isEmpty();
    }
  }

  @Test
  void gapsThatTheSourceNamedAreNotQueuedAgain() throws InterruptedException {
    fixture.source.completeness = Completeness.withGaps("GitHub cuts the list at 900.");
    try (BackfillManager manager = complete(1_000)) {
      fixture.counts.put("a/b", 900L);
      assertThat(manager.detectMissing())
          .containsExactly(
              new BackfillManager.Finding(
                  fixture.key("a/b"),
                  BackfillManager.Finding.Kind.KNOWN_GAPS,
                  "900 of 1,000 item(s) are stored or in quarantine: GitHub cuts the list at 900.",
                  false));
      assertThat(fixture.job("a/b").state()).isEqualTo(JobState.IDLE);
    }
  }

  @Test
  void whatTheSourceCountsTooManyIsNotMissing() throws InterruptedException {
    try (BackfillManager manager = complete(1_000)) {
      Claim granted =
          fixture.progress.claim(
              fixture.backfill("a/b").id(),
              new LeaseRequest("worker", "local", Duration.ofSeconds(60)));
      fixture.progress.release(
          granted.lease(),
          LeaseRelease.completed(
              BackfillStatus.COMPLETED, null, new CountDifference(1_000, 900).note()));
      fixture.counts.put("a/b", 900L);
      assertThat(manager.detectMissing()).isEmpty();
      fixture.counts.put("a/b", 800L);
      assertThat(manager.detectMissing())
          .extracting(BackfillManager.Finding::text)
          .containsExactly("900 of 1,000 item(s) are stored or in quarantine");
    }
  }

  @Test
  void theThresholdCanBeSet() throws InterruptedException {
    complete(1_000).close();
    fixture.counts.put("a/b", 951L);
    try (BackfillManager manager = fixture.manager().completeness(1).build()) {
      assertThat(manager.detectMissing())
          .extracting(BackfillManager.Finding::kind)
          .containsExactly(BackfillManager.Finding.Kind.INCOMPLETE);
    }
  }

  @Test
  void aSourceThatWasNotIncludedBeforeExtendsWhatIsTracked() throws InterruptedException {
    complete(100).close();
    NumbersSource more = new NumbersSource("test:more", fixture.quota);
    more.sizes.put("a/b", 50);
    try (BackfillManager manager = fixture.manager().source(more, sink()).build()) {
      List<BackfillManager.Finding> findings = manager.detectMissing();
      assertThat(findings)
          .extracting(BackfillManager.Finding::kind)
          .containsExactly(BackfillManager.Finding.Kind.EXTENDED);
      assertThat(findings.get(0).queued()).isTrue();
      assertThat(manager.runDue().counts().items()).isEqualTo(50);
      assertThat(manager.detectMissing()).isEmpty();
    }
  }

  private static dev.backfill.api.store.Sink<String> sink() {
    return (items, transaction) -> new dev.backfill.api.store.SinkCounts(items.size(), 0);
  }

  @Test
  void anUnstartedBackfillIsFoundAndQueuedOnce() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      assertThat(manager.detectMissing())
          .containsExactly(
              new BackfillManager.Finding(
                  fixture.key("a/b"),
                  BackfillManager.Finding.Kind.NEVER_STARTED,
                  "no worker has started it",
                  false));
      assertThat(fixture.jobs.list()).hasSize(1);
    }
  }

  @Test
  void whatWasLeftBehindIsAbandoned() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      fixture.progress.claim(
          fixture.backfill("a/b").id(), new LeaseRequest("dead", "local", Duration.ofSeconds(60)));
      assertThat(manager.detectMissing()).isEmpty();
      fixture.time.advance(Duration.ofMinutes(20));
      assertThat(manager.detectMissing())
          .extracting(BackfillManager.Finding::kind)
          .containsExactly(BackfillManager.Finding.Kind.ABANDONED);
      assertThat(manager.runDue().completed()).isEqualTo(1);
      assertThat(fixture.job("a/b").state()).isEqualTo(JobState.IDLE);
    }
  }

  @Test
  void silenceOfAQuarterOfAnHourIsBorne() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      Claim granted =
          fixture.progress.claim(
              fixture.backfill("a/b").id(),
              new LeaseRequest("worker", "local", Duration.ofSeconds(60)));
      fixture.progress.release(granted.lease(), LeaseRelease.moreToDo());
      fixture.time.advance(Duration.ofMinutes(15));
      assertThat(manager.detectMissing()).isEmpty();
      fixture.time.advance(Duration.ofSeconds(1));
      assertThat(manager.detectMissing())
          .extracting(BackfillManager.Finding::kind)
          .containsExactly(BackfillManager.Finding.Kind.ABANDONED);
    }
  }

  @Test
  void listedItemsThatAreNowhereAreGaps() throws InterruptedException {
    try (BackfillManager manager = complete(100)) {
      Claim granted =
          fixture.progress.claim(
              fixture.backfill("a/b").id(),
              new LeaseRequest("worker", "local", Duration.ofSeconds(60)));
      fixture.progress.recount(granted.lease(), OptionalLong.of(98));
      fixture.progress.release(
          granted.lease(), LeaseRelease.completed(BackfillStatus.COMPLETED, null));
      assertThat(manager.detectMissing())
          .containsExactly(
              new BackfillManager.Finding(
                  fixture.key("a/b"),
                  BackfillManager.Finding.Kind.GAPS,
                  "2 item(s) that were listed are neither stored nor in quarantine",
                  true));
    }
  }

  @Test
  void aBackfillThatNeedsAUserIsNamedAndNotQueued() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      fixture.progress.control(fixture.backfill("a/b").id(), Control.PAUSE, RequestedBy.by("p"));
      assertThat(manager.detectMissing())
          .containsExactly(
              new BackfillManager.Finding(
                  fixture.key("a/b"),
                  BackfillManager.Finding.Kind.STOPPED,
                  "paused after 0 item(s)",
                  false));
      assertThat(fixture.job("a/b").priority()).isEqualTo(Priority.TRACKED);
    }
  }

  @Test
  void whatHasFailedIsNamedWithItsError() throws InterruptedException {
    fixture.source.failures.put(
        "a/b", new PermanentFailureException(Reason.NOT_FOUND, "There is no a/b.", null));
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      manager.runDue();
      assertThat(manager.detectMissing()).as("it is tried again").isEmpty();
      for (int tries = 1; tries < 10; tries++) {
        fixture.time.advance(Duration.ofHours(6));
        manager.runDue();
      }
      assertThat(manager.detectMissing())
          .containsExactly(
              new BackfillManager.Finding(
                  fixture.key("a/b"),
                  BackfillManager.Finding.Kind.FAILED,
                  "failed after 0 item(s): There is no a/b.",
                  false));
      assertThat(fixture.job("a/b").state()).isEqualTo(JobState.FAILED);
    }
  }

  @Test
  void whatCannotBeComparedIsNotTakenForComplete() throws InterruptedException {
    try (BackfillManager manager = complete(100)) {
      fixture.source.failures.put(
          "a/b", new TransientFailureException("It does not answer.", null));
      assertThat(manager.detectMissing())
          .containsExactly(
              new BackfillManager.Finding(
                  fixture.key("a/b"),
                  BackfillManager.Finding.Kind.UNKNOWN,
                  "It does not answer.",
                  false));
      assertThat(fixture.job("a/b").state()).isEqualTo(JobState.IDLE);
    }
  }

  @Test
  void whatStillWaitsLongAfterItsWaitIsAbandoned() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      fixture.leaveWaiting("a/b", Duration.ofMinutes(40));
      fixture.time.advance(Duration.ofMinutes(50));
      assertThat(manager.detectMissing()).isEmpty();
      fixture.time.advance(Duration.ofMinutes(20));
      assertThat(manager.detectMissing())
          .extracting(BackfillManager.Finding::kind)
          .containsExactly(BackfillManager.Finding.Kind.ABANDONED);
    }
  }
}
