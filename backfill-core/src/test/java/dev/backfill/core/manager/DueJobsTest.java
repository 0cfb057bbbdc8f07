package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.RequestedBy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a worker of another destination finds to do. */
class DueJobsTest {

  private static final Placement ELSEWHERE =
      new Placement(Destination.GITHUB_ACTIONS, "a test", false);

  private final ManagerFixture fixture = new ManagerFixture();
  private final JobUpdater local = fixture.jobUpdater();
  private final JobUpdater updater =
      new JobUpdater(
          local.progress(),
          local.jobs(),
          local.registry(),
          new JobUpdater.Environment(
              fixture.time, local.environment().random(), Destination.GITHUB_ACTIONS),
          local.events());

  private DueJobs candidates(@Nullable String correlationId) {
    JobOutcomeHandler outcomes =
        new JobOutcomeHandler(
            updater,
            ManagerRules.DEFAULT,
            new CircuitBreaker(updater, ManagerRules.Breaker.DEFAULT),
            new DestinationBreaker(updater, ManagerRules.Dispatches.DEFAULT),
            () -> null);
    return new DueJobs(
        updater,
        new JobPlacer(updater, request -> ELSEWHERE, Set.of(), new HistorySizes(updater)),
        new RemoteDispatches(updater, List.of(), ManagerRules.DEFAULT, outcomes),
        new DueJobs.Scope(false, correlationId),
        "worker");
  }

  private DueJobs.Found found() throws InterruptedException {
    return candidates(null).find();
  }

  private List<String> runnable() throws InterruptedException {
    return found().runnable().stream().map(job -> job.key().target()).toList();
  }

  /** A job that is served later the larger the number is. */
  private Job withPlacement(BackfillKey key, int order) {
    new JobTriggers(updater, ManagerRules.Fairness.DEFAULT)
        .track(key, new Trigger(Priority.TRACKED, "newly tracked"));
    Job job = fixture.jobs.find(key).orElseThrow();
    Instant now = fixture.time.now();
    Schedule schedule = new Schedule(now, now, now.plusSeconds(order), 0, 0);
    return fixture
        .jobs
        .update(schedule.on(job.withPlacement(ELSEWHERE).withState(JobState.QUEUED)), List.of())
        .orElseThrow();
  }

  private Job sent(BackfillKey key, int order, String id) {
    Dispatch dispatch = new Dispatch(id, fixture.time.now(), null, null, null);
    return fixture
        .jobs
        .update(withPlacement(key, order).withDispatch(dispatch), List.of())
        .orElseThrow();
  }

  private Job sent(String target, int order) {
    return sent(fixture.key(target), order, "id of " + target);
  }

  @Test
  void whatWasSentAndWhatIsPlacedThereRunsInTheOrderOfTurns() throws InterruptedException {
    sent("a/3", 3);
    withPlacement(fixture.key("a/2"), 2);
    sent("a/1", 1);
    withPlacement(fixture.key("a/4"), 4);
    assertThat(runnable()).containsExactly("a/1", "a/2", "a/3", "a/4");
  }

  @Test
  void whatItHasNoSourceForIsLeftToOthers() throws InterruptedException {
    sent(new BackfillKey("test:other", "a/1"), 1, "id");
    sent("a/2", 2);
    assertThat(runnable()).containsExactly("a/2");
  }

  @Test
  void aRunTakesOfWhatWasSentOnlyItsOwn() throws InterruptedException {
    sent("a/1", 1);
    sent("a/2", 2);
    assertThat(candidates("id of a/2").find().runnable())
        .extracting(job -> job.key().target())
        .containsExactly("a/2");
  }

  @Test
  void whatAnotherWorkerHoldsIsDueWhenItsLeaseEnds() throws InterruptedException {
    Job job = sent("a/1", 1);
    Claim lease =
        fixture.progress.claim(
            job.id(), new LeaseRequest("another", "there", Duration.ofMinutes(1)));
    assertThat(lease).isNotNull();
    assertThat(runnable()).isEmpty();
    assertThat(found().next()).isEqualTo(fixture.time.now().plusSeconds(60));
    fixture.time.advance(Duration.ofSeconds(60));
    assertThat(runnable()).containsExactly("a/1");
  }

  @Test
  void theEarliestOfSeveralWaitsIsWhatItWaitsFor() throws InterruptedException {
    for (String target : List.of("a/1", "a/2", "a/3")) {
      sent(target, 1);
    }
    fixture.leaveWaiting("a/1", Duration.ofMinutes(20));
    fixture.leaveWaiting("a/2", Duration.ofMinutes(10));
    fixture.leaveWaiting("a/3", Duration.ofMinutes(30));
    assertThat(found().next()).isEqualTo(fixture.time.now().plus(Duration.ofMinutes(10)));
    fixture.time.advance(Duration.ofMinutes(10).minusMillis(1));
    assertThat(runnable()).isEmpty();
    fixture.time.advance(Duration.ofMillis(1));
    assertThat(runnable()).containsExactly("a/2");
  }

  @Test
  void aJobThatAUserPausedIsNotWaitedFor() throws InterruptedException {
    Job job = sent("a/1", 1);
    fixture.progress.control(job.id(), Control.PAUSE, RequestedBy.by("ann"));
    assertThat(runnable()).isEmpty();
    assertThat(found().next()).isNull();
  }

  @Test
  void takingWhatWasSentClaimsItOnce() throws InterruptedException {
    Job job = sent("a/1", 1);
    Instant now = fixture.time.now();
    Job taken = candidates(null).take(job).orElseThrow();
    assertThat(taken.dispatch().claimedAt()).isEqualTo(now);
    assertThat(taken.dueAt()).isEqualTo(now.plus(Duration.ofMinutes(2)));
    assertThat(fixture.kinds("a/1")).containsExactly("CLAIMED");
    assertThat(candidates(null).take(job)).as("it was taken meanwhile").isEmpty();

    fixture.time.advance(Duration.ofMinutes(3));
    Job again = candidates(null).take(taken).orElseThrow();
    assertThat(again.dispatch().claimedAt()).as("its first claim").isEqualTo(now);
    assertThat(fixture.kinds("a/1")).containsExactly("CLAIMED");
  }
}
