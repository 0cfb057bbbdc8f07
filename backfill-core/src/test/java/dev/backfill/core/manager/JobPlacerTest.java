package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.core.routing.JobRouter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which jobs get a place, and what a router is asked and obeyed in. */
class JobPlacerTest {

  private static final Destination ACTIONS = Destination.GITHUB_ACTIONS;
  private static final Placement ELSEWHERE = new Placement(ACTIONS, "a test", false);

  private final ManagerFixture fixture = new ManagerFixture();
  private final JobUpdater updater = fixture.jobUpdater();
  private final List<JobRouter.Request> requests = new ArrayList<>();
  private JobRouter router = request -> ELSEWHERE;

  private boolean place(Set<Destination> elsewhere, Job... due) throws InterruptedException {
    JobRouter recording =
        request -> {
          requests.add(request);
          return router.route(request);
        };
    return new JobPlacer(updater, recording, elsewhere, new HistorySizes(updater))
        .place(List.of(due), new SuspensionCache(fixture.jobs));
  }

  private boolean place(Job... due) throws InterruptedException {
    return place(Set.of(ACTIONS), due);
  }

  private Job tracked(BackfillKey key, Priority priority) {
    new JobTriggers(updater, ManagerRules.Fairness.DEFAULT)
        .track(key, new Trigger(priority, "a test"));
    return fixture.jobs.find(key).orElseThrow();
  }

  private Job tracked(String target) {
    return tracked(fixture.key(target), Priority.TRACKED);
  }

  private Job job() {
    return fixture.job("a/b");
  }

  private @Nullable Placement placement() {
    return job().placement();
  }

  private void complete(String target, int items) throws InterruptedException {
    fixture.source.sizes.put(target, items);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track(target);
      manager.runDue();
    }
  }

  @Test
  void whatHasItsPlaceKeepsIt() throws InterruptedException {
    assertThat(place(tracked("a/b"))).isTrue();
    assertThat(placement()).isEqualTo(ELSEWHERE);
    assertThat(place(job())).isFalse();
    assertThat(place()).isFalse();
    assertThat(requests).hasSize(1);
  }

  @Test
  void whatIsDueAfterARestIsPlacedAnewAndNotedOnlyWhereThatChanges() throws InterruptedException {
    place(tracked("a/b"));
    for (JobState state : List.of(JobState.IDLE, JobState.FAILED)) {
      fixture.jobs.update(job().withState(state), List.of());
      assertThat(place(job())).isTrue();
      assertThat(job().state()).isEqualTo(JobState.QUEUED);
    }
    assertThat(fixture.kinds("a/b")).containsExactly("ROUTED");
    fixture.jobs.update(job().withState(JobState.IDLE), List.of());
    router = request -> new Placement(Destination.LOCAL, "it is small", false);
    place(job());
    assertThat(fixture.kinds("a/b")).containsExactly("ROUTED", "ROUTED");
    assertThat(fixture.last("a/b", Kind.ROUTED).orElseThrow().reason()).isEqualTo("it is small");
  }

  @Test
  void whatIsPlacedWhereNothingRunsNowIsPlacedAnew() throws InterruptedException {
    place(tracked("a/b"));
    fixture.jobs.suspend(
        new Suspension(Suspension.of(ACTIONS), "a test", "ann", updater.now(), null, 1));
    assertThat(place(job())).isTrue();
    assertThat(placement())
        .isEqualTo(new Placement(Destination.LOCAL, "github-actions is not available", false));
    fixture.jobs.resume(Suspension.of(ACTIONS));

    fixture.jobs.update(job().withPlacement(ELSEWHERE), List.of());
    assertThat(place(Set.of(), job())).as("a destination that is no more").isTrue();
    assertThat(placement())
        .isEqualTo(new Placement(Destination.LOCAL, "there is no other destination", false));
    assertThat(place(job())).as("here is always known").isFalse();
  }

  @Test
  void aJobThatRunsHereNamesTheDisabledDestination() throws InterruptedException {
    router = request -> new Placement(Destination.LOCAL, "it is small", false);
    fixture.jobs.suspend(
        new Suspension(Suspension.of(ACTIONS), "a test", "ann", updater.now(), null, 1));
    place(tracked("a/b"));
    assertThat(placement().reason()).isEqualTo("it is small; switched off: [github-actions]");
    assertThat(requests.get(0).available()).containsExactly(Destination.LOCAL);
  }

  @Test
  void whatTheRouterCannotDecideRunsHere() throws InterruptedException {
    router =
        request -> {
          throw new IllegalStateException("a mistake");
        };
    place(tracked("a/b"));
    assertThat(placement())
        .isEqualTo(
            new Placement(
                Destination.LOCAL,
                "the router failed: java.lang.IllegalStateException: a mistake",
                false));
  }

  @Test
  void tenTargetsArePlacedAtOnceWhereARouterIsAsked() throws InterruptedException {
    Job[] due = new Job[11];
    for (int i = 0; i < due.length; i++) {
      due[i] = tracked("a/" + i);
    }
    assertThat(place(due)).isTrue();
    assertThat(requests).hasSize(10);
    assertThat(requests.get(0).load()).isEqualTo(11);
    assertThat(fixture.job("a/10").placement()).isNull();
    assertThat(place(fixture.jobs.list().toArray(new Job[0]))).isTrue();
    assertThat(requests).hasSize(11);

    fixture.jobs.list().forEach(job -> fixture.jobs.update(job.withPlacement(null), List.of()));
    place(Set.of(), fixture.jobs.list().toArray(new Job[0]));
    assertThat(fixture.jobs.list()).allMatch(job -> job.placement() != null);
    assertThat(requests).as("nothing is to be decided").hasSize(11);
  }

  @Test
  void theRouterKnowsTheMostUrgentTriggerOfATarget() throws InterruptedException {
    Job one = tracked(new BackfillKey("test:one", "a/b"), Priority.DETECTED);
    Job two = tracked(new BackfillKey("test:two", "a/b"), Priority.MANUAL);
    Job three = tracked(new BackfillKey("test:three", "a/b"), Priority.SCHEDULED);
    place(one, two, three);
    assertThat(requests).hasSize(1);
    assertThat(requests.get(0).priority()).isEqualTo(Priority.MANUAL);
    assertThat(requests.get(0).total()).isEqualTo(Total.UNKNOWN);
    assertThat(requests.get(0).recency()).isNull();
  }

  @Test
  void theLongestOfTheHistoriesOfATargetCounts() throws InterruptedException {
    NumbersSource more = new NumbersSource("test:more", fixture.quota);
    JobUpdater both =
        new JobUpdater(
            updater.progress(),
            updater.jobs(),
            new SourceRegistry(
                List.of(
                    new ManagedSource<>(fixture.source, fixture.new NumbersSink()),
                    new ManagedSource<>(more, fixture.new NumbersSink()))),
            updater.environment(),
            updater.events());
    fixture.source.sizes.put("a/b", 70);
    more.sizes.put("a/b", 100);
    Job one = tracked("a/b");
    Job two = tracked(new BackfillKey("test:more", "a/b"), Priority.TRACKED);
    JobRouter recording =
        request -> {
          requests.add(request);
          return ELSEWHERE;
        };
    JobPlacer routing = new JobPlacer(both, recording, Set.of(ACTIONS), new HistorySizes(both));
    routing.place(List.of(one, two), new SuspensionCache(fixture.jobs));
    routing.place(List.of(two, one), new SuspensionCache(fixture.jobs));
    assertThat(requests)
        .extracting(JobRouter.Request::total)
        .containsExactly(Total.estimate(100), Total.estimate(100));
  }

  @Test
  void theRouterKnowsTheLongestHistoryAndTheOldestCompletion() throws InterruptedException {
    complete("a/small", 50);
    fixture.time.advance(Duration.ofHours(1));
    complete("a/large", 100);
    Duration since =
        Duration.between(fixture.backfill("a/small").completedAt(), fixture.time.now());
    assertThat(since).isGreaterThanOrEqualTo(Duration.ofHours(1));
    // Of one target as far as the router is concerned, whose jobs are due together.
    List<Job> jobs = new ArrayList<>();
    for (String target : List.of("a/large", "a/small")) {
      jobs.add(
          fixture.jobs.update(fixture.job(target).withPlacement(null), List.of()).orElseThrow());
    }
    place(jobs.get(0));
    place(jobs.get(1));
    assertThat(requests.get(0).total().count()).isEqualTo(100);
    assertThat(requests.get(1).total().count()).isEqualTo(50);
    assertThat(requests.get(1).recency()).isEqualTo(since);
    Job never = tracked(new BackfillKey("test:never", "a/small"), Priority.TRACKED);
    jobs.set(
        1,
        fixture.jobs.update(fixture.job("a/small").withPlacement(null), List.of()).orElseThrow());
    place(jobs.get(1), never);
    assertThat(requests.get(2).recency()).as("one was never complete").isNull();
    assertThat(requests.get(2).total().count()).isEqualTo(50);
  }

  @Test
  void aLengthThatCannotBeFoundIsUnknown() throws InterruptedException {
    fixture.source.sizes.put("a/b", 70);
    fixture.source.failures.put("a/b", new TransientFailureException("502", null));
    Job job = tracked("a/b");
    HistorySizes sizes = new HistorySizes(updater);
    assertThat(sizes.known(job.key())).isEqualTo(Total.UNKNOWN);
    fixture.source.failures.clear();
    assertThat(sizes.known(job.key())).isEqualTo(Total.estimate(70));
    assertThat(sizes.known(fixture.key("a/unknown"))).isEqualTo(Total.UNKNOWN);
    Job other = tracked(new BackfillKey("test:other", "a/b"), Priority.TRACKED);
    assertThat(sizes.known(other.key()))
        .as("of a source of other managers")
        .isEqualTo(Total.UNKNOWN);
  }

  @Test
  void aLengthThatIsStoredIsNotAskedFor() throws InterruptedException {
    complete("a/b", 100);
    long before = fixture.quota.used();
    assertThat(new HistorySizes(updater).known(fixture.key("a/b")).count()).isEqualTo(100);
    assertThat(fixture.quota.used()).isEqualTo(before);
  }
}
