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
import dev.backfill.api.job.JobEvent.Kind;
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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a manager makes of requests to a destination and of their runs, at the bounds of time. */
class DispatchDecisionsTest {

  private static final String URL = "https://github.example/17";
  private static final Run RUNNING = new Run("17", URL, null, false);

  private final ManagerFixture fixture = new ManagerFixture();
  private final JobUpdater updater = fixture.jobUpdater();
  private final Actions actions = new Actions();
  private final RemoteDispatches dispatches = dispatches(List.of(actions));

  private RemoteDispatches dispatches(List<Dispatcher> dispatchers) {
    return new RemoteDispatches(
        updater,
        dispatchers,
        ManagerRules.DEFAULT,
        new JobOutcomeHandler(
            updater,
            ManagerRules.DEFAULT,
            new CircuitBreaker(updater, ManagerRules.Breaker.DEFAULT),
            new DestinationBreaker(updater, ManagerRules.Dispatches.DEFAULT),
            () -> null));
  }

  /** A destination that answers as a test wants, while something else happens. */
  private record Requested(String correlationId, String target, List<String> sources) {}

  private static final class Actions implements Dispatcher {

    final List<Requested> requests = new ArrayList<>();
    Runnable meanwhile = () -> {};
    @Nullable RuntimeException failure;
    @Nullable String url;
    Run run = Run.NONE;
    int looks;

    @Override
    public Destination destination() {
      return Destination.GITHUB_ACTIONS;
    }

    @Override
    public Dispatch dispatch(Dispatch request, String target, List<String> sources) {
      requests.add(new Requested(request.correlationId(), target, sources));
      meanwhile.run();
      if (failure != null) {
        throw failure;
      }
      return new Dispatch(
          request.correlationId(), request.at(), url == null ? null : "17", url, null);
    }

    @Override
    public Run follow(Dispatch dispatch) {
      looks++;
      meanwhile.run();
      return run;
    }
  }

  private Instant now() {
    return fixture.time.now();
  }

  private Job job() {
    return fixture.job("a/b");
  }

  private Dispatch dispatch() {
    return Objects.requireNonNull(job().dispatch());
  }

  private Job store(UnaryOperator<Job> change) {
    return fixture.jobs.update(change.apply(job()), List.of()).orElseThrow();
  }

  private Job withPlacement(BackfillKey key) {
    new JobTriggers(updater, ManagerRules.Fairness.DEFAULT)
        .track(key, new Trigger(Priority.TRACKED, "newly tracked"));
    Job job = fixture.jobs.find(key).orElseThrow();
    Placement existing = new Placement(Destination.GITHUB_ACTIONS, "a test", false);
    return fixture.jobs.update(job.withPlacement(existing), List.of()).orElseThrow();
  }

  private Job placed() {
    return withPlacement(fixture.key("a/b"));
  }

  private void sent() throws InterruptedException {
    assertThat(dispatches.send(List.of(placed()))).isEqualTo(1);
  }

  /** A request of which nobody knows whether it was made. */
  private void sentWithoutAnswer() throws InterruptedException {
    actions.failure = new TransientFailureException("the connection ended", null);
    assertThat(dispatches.send(List.of(placed()))).isZero();
    actions.failure = null;
  }

  private void claim() {
    store(job -> job.withDispatch(dispatch().claimed(now())));
  }

  private Claim lease() {
    return fixture.progress.claim(
        fixture.backfill("a/b").id(), new LeaseRequest("worker", "there", Duration.ofMinutes(1)));
  }

  private String fallbackReason() {
    return fixture.last("a/b", Kind.FELL_BACK).orElseThrow().reason();
  }

  private void followAfter(Duration time) throws InterruptedException {
    fixture.time.advance(time);
    dispatches.follow();
  }

  @Test
  void fiveTargetsAreSentAtOnce() throws InterruptedException {
    List<Job> due = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      due.add(withPlacement(fixture.key("a/" + i)));
    }
    assertThat(dispatches.send(due)).isEqualTo(5);
    assertThat(actions.requests).hasSize(5);
  }

  /** Jobs of one target, in the order in which every manager asks for them. */
  private List<Job> jobsOfOneTarget() {
    List<Job> jobs = new ArrayList<>();
    for (String source : List.of("test:two", "test:one", "test:three")) {
      jobs.add(withPlacement(new BackfillKey(source, "a/b")));
    }
    jobs.sort(Comparator.comparing(job -> job.id().value()));
    return jobs;
  }

  private void takenByAnother(Job job) {
    fixture.jobs.update(job.withState(JobState.QUEUED), List.of()).orElseThrow();
  }

  @Test
  void whoHasTheFirstJobOfATargetHasTheOthersToo() throws InterruptedException {
    List<Job> jobs = jobsOfOneTarget();
    takenByAnother(jobs.get(0));
    List<Job> otherOrder = List.of(jobs.get(2), jobs.get(1), jobs.get(0));
    assertThat(dispatches.send(otherOrder)).isZero();
    assertThat(actions.requests).isEmpty();
    assertThat(fixture.jobs.dispatched()).isEmpty();
  }

  @Test
  void aJobThatIsNoMoreAsItWasIsLeftOutOfTheRequest() throws InterruptedException {
    List<Job> jobs = jobsOfOneTarget();
    takenByAnother(jobs.get(1));
    assertThat(dispatches.send(jobs)).isEqualTo(1);
    assertThat(actions.requests.get(0).sources())
        .containsExactly(jobs.get(0).key().source(), jobs.get(2).key().source());
  }

  @Test
  void theLinkOfARunIsNoted() throws InterruptedException {
    actions.url = URL;
    sent();
    assertThat(dispatch().url()).isEqualTo(URL);
    assertThat(fixture.last("a/b", Kind.DISPATCHED).orElseThrow().reason())
        .isEqualTo("requested as " + dispatch().correlationId() + ", see " + URL);
  }

  @Test
  void withoutALinkTheRequestIsNoted() throws InterruptedException {
    sent();
    assertThat(fixture.last("a/b", Kind.DISPATCHED).orElseThrow().reason())
        .isEqualTo("requested as " + dispatch().correlationId());
  }

  @Test
  void afterALimitNothingIsSentUntilItEnds() throws InterruptedException {
    actions.failure = RateLimitedException.secondary(now().plusSeconds(60), "slower");
    Job other = withPlacement(fixture.key("a/c"));
    assertThat(dispatches.send(List.of(placed(), other))).isZero();
    assertThat(actions.requests).as("one is enough to know").hasSize(1);
    assertThat(job().state()).isEqualTo(JobState.QUEUED);
    actions.failure = null;
    fixture.time.advance(Duration.ofSeconds(59));
    assertThat(dispatches.send(List.of(job()))).isZero();
    fixture.time.advance(Duration.ofSeconds(1));
    assertThat(dispatches.send(List.of(job()))).isEqualTo(1);
  }

  @Test
  void aRefusedRequestDoesNotTakeAJobFromAWorker() throws InterruptedException {
    actions.meanwhile = this::claim;
    actions.failure = new PermanentFailureException(Reason.FORBIDDEN, "refused", null);
    dispatches.send(List.of(placed()));
    assertThat(job().state()).isEqualTo(JobState.DISPATCHED);

    actions.failure = RateLimitedException.secondary(now(), "slower");
    store(job -> job.withPlacement(job.placement()));
    dispatches.send(List.of(job()));
    assertThat(job().state()).as("nor does a limit").isEqualTo(JobState.DISPATCHED);
  }

  @Test
  void theRunOfALostAnswerIsAwaitedForTwoMinutes() throws InterruptedException {
    sentWithoutAnswer();
    followAfter(Duration.ofMinutes(2).minusMillis(1));
    assertThat(job().state()).isEqualTo(JobState.DISPATCHED);
    assertThat(dispatches.nextPoll()).isEqualTo(now().plusSeconds(30));
    followAfter(Duration.ofSeconds(30));
    assertThat(job().state()).isEqualTo(JobState.QUEUED);
    assertThat(job().attempts()).isEqualTo(1);
    assertThat(fixture.last("a/b", Kind.RETRIED).orElseThrow().reason())
        .isEqualTo("the connection ended");
  }

  @Test
  void afterTheThirdRequestTheJobComesBack() throws InterruptedException {
    sentWithoutAnswer();
    for (int attempts = 0; attempts < 2; attempts++) {
      Schedule schedule = Schedule.of(job());
      int failed = attempts;
      store(
          job ->
              new Schedule(schedule.queuedAt(), now(), schedule.order(), failed, schedule.slices())
                  .on(job.withState(JobState.DISPATCHED)));
      followAfter(Duration.ofMinutes(3));
      assertThat(job().state()).isEqualTo(JobState.QUEUED);
      actions.failure = new TransientFailureException("the connection ended", null);
      dispatches.send(List.of(job()));
    }
    followAfter(Duration.ofMinutes(3));
    assertThat(fallbackReason()).isEqualTo("the connection ended");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void aRequestIsNotMadeAgainWhenItsJobIsTakenMeanwhile(int attempts) throws InterruptedException {
    sentWithoutAnswer();
    Schedule schedule = Schedule.of(job());
    store(
        job ->
            new Schedule(schedule.queuedAt(), schedule.dueAt(), schedule.order(), attempts, 0)
                .on(job.withState(JobState.DISPATCHED)));
    actions.meanwhile = this::claim;
    followAfter(Duration.ofMinutes(3));
    assertThat(job().state()).isEqualTo(JobState.DISPATCHED);
    assertThat(dispatch().claimedAt()).isEqualTo(now());
  }

  @Test
  void withoutADispatcherTimeAloneDecides() throws InterruptedException {
    sentWithoutAnswer();
    RemoteDispatches none = dispatches(List.of());
    fixture.time.advance(Duration.ofMinutes(15).minusMillis(1));
    none.follow();
    assertThat(job().state()).isEqualTo(JobState.DISPATCHED);
    fixture.time.advance(Duration.ofSeconds(30));
    none.follow();
    assertThat(job().state()).isEqualTo(JobState.QUEUED);
    assertThat(actions.looks).isZero();
  }

  @Test
  void aWorkerAtWorkIsNotLookedAtOnceItsLinkIsKnown() throws InterruptedException {
    actions.url = URL;
    sent();
    claim();
    lease();
    followAfter(Duration.ofSeconds(59));
    assertThat(actions.looks).isZero();
    followAfter(Duration.ofSeconds(30));
    assertThat(actions.looks).as("its lease has run out").isEqualTo(1);
  }

  @Test
  void aWorkerAtWorkIsLookedAtWhileItsLinkIsUnknown() throws InterruptedException {
    sent();
    claim();
    lease();
    followAfter(Duration.ofSeconds(30));
    assertThat(actions.looks).isEqualTo(1);
  }

  @Test
  void anUnclaimedJobIsReportedWithItsLink() throws InterruptedException {
    actions.url = URL;
    sent();
    followAfter(Duration.ofSeconds(30));
    assertThat(actions.looks).isEqualTo(1);
  }

  @Test
  void aRunIsLookedAtAfterHalfAMinuteAndThenTwiceAsLong() throws InterruptedException {
    sent();
    dispatches.follow();
    assertThat(actions.looks).isEqualTo(1);
    followAfter(Duration.ofSeconds(29));
    assertThat(actions.looks).isEqualTo(1);
    followAfter(Duration.ofSeconds(1));
    assertThat(actions.looks).isEqualTo(2);
    followAfter(Duration.ofSeconds(30));
    assertThat(actions.looks).isEqualTo(2);
    followAfter(Duration.ofSeconds(30));
    assertThat(actions.looks).isEqualTo(3);
  }

  @Test
  void aRunThatIsAsItWasChangesNothing() throws InterruptedException {
    actions.run = RUNNING;
    sent();
    followAfter(Duration.ofSeconds(30));
    Job known = job();
    assertThat(dispatch().url()).isEqualTo(URL);
    followAfter(Duration.ofMinutes(5));
    assertThat(actions.looks).isEqualTo(2);
    assertThat(job()).isEqualTo(known);
    actions.run = new Run("17", URL + "/attempts/2", null, false);
    followAfter(Duration.ofMinutes(5));
    assertThat(dispatch().url()).isEqualTo(URL + "/attempts/2");
  }

  @Test
  void aRunThatEndsWellWithoutTakingItsJobIsNoSuccess() throws InterruptedException {
    sent();
    actions.run = new Run("17", URL, "success", true);
    followAfter(Duration.ofSeconds(30));
    assertThat(fallbackReason()).isEqualTo("its run ended without taking the job (" + URL + ")");
  }

  @Test
  void anAnsweredRequestIsTakenWithinAQuarterOfAnHour() throws InterruptedException {
    sent();
    followAfter(Duration.ofMinutes(15).minusMillis(1));
    assertThat(job().state()).isEqualTo(JobState.DISPATCHED);
    followAfter(Duration.ofSeconds(30));
    assertThat(fallbackReason()).isEqualTo("no worker took it within 15m");
  }

  @Test
  void aLostAnswerOfAnUnreachableDestinationIsReported() throws InterruptedException {
    sentWithoutAnswer();
    actions.meanwhile =
        () -> {
          throw new TransientFailureException("GitHub answers 502", null);
        };
    followAfter(Duration.ofMinutes(15));
    assertThat(fallbackReason())
        .isEqualTo(
            "no run was begun as " + actions.requests.get(0).correlationId() + " within 15m");
  }

  @Test
  void aWorkerIsSilentForAQuarterOfAnHourBeforeItsJobComesBack() throws InterruptedException {
    sent();
    claim();
    followAfter(Duration.ofMinutes(15).minusMillis(1));
    assertThat(job().state()).isEqualTo(JobState.DISPATCHED);
    followAfter(Duration.ofSeconds(30));
    assertThat(fallbackReason()).isEqualTo("its worker gave no sign of life for 15m");
  }

  @Test
  void aWorkerThatCommittedALittleAgoIsNotSilent() throws InterruptedException {
    sent();
    claim();
    fixture.time.advance(Duration.ofMinutes(10));
    lease();
    followAfter(Duration.ofMinutes(10));
    assertThat(job().state()).as("its lease ended").isEqualTo(JobState.DISPATCHED);
    followAfter(Duration.ofMinutes(5));
    assertThat(job().state()).isEqualTo(JobState.QUEUED);
  }

  @Test
  void aWorkerThatHoldsItsLeaseIsNotSilent() throws InterruptedException {
    sent();
    claim();
    fixture.progress.claim(
        fixture.backfill("a/b").id(), new LeaseRequest("worker", "there", Duration.ofHours(1)));
    followAfter(Duration.ofMinutes(20));
    assertThat(job().state()).isEqualTo(JobState.DISPATCHED);
  }

  @Test
  void aSignOfLifeDuringTheLookCounts() throws InterruptedException {
    sent();
    claim();
    actions.meanwhile = this::lease;
    followAfter(Duration.ofMinutes(20));
    assertThat(job().state()).isEqualTo(JobState.DISPATCHED);
  }

  @Test
  void aRunThatAUserPausedThereIsNotAbandoned() throws InterruptedException {
    sent();
    claim();
    fixture.progress.control(fixture.backfill("a/b").id(), Control.PAUSE, RequestedBy.by("ann"));
    followAfter(Duration.ofHours(3));
    assertThat(job().state()).isEqualTo(JobState.DISPATCHED);
  }

  @Test
  void aWorkerThatWaitsHasAQuarterOfAnHourAfterIt() throws InterruptedException {
    sent();
    claim();
    fixture.leaveWaiting("a/b", Duration.ofMinutes(40));
    followAfter(Duration.ofMinutes(55).minusMillis(1));
    assertThat(job().state()).isEqualTo(JobState.DISPATCHED);
    followAfter(Duration.ofSeconds(30));
    assertThat(job().state()).isEqualTo(JobState.QUEUED);
  }
}
