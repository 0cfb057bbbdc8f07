package dev.backfill.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The contract of {@link JobStore}, as JUnit tests. A subclass provides a new store with its
 * progress for each test and a way to expire a lease; JUnit then runs all groups.
 */
public abstract class JobStoreContract {

  /** The source of the jobs in the tests. */
  protected static final String SOURCE = "test:numbers";

  private static final Set<String> SOURCES = Set.of(SOURCE);
  private static final String REASON = "newly tracked";
  private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  private ProgressStore progress;
  private JobStore jobs;

  /** For subclasses. */
  protected JobStoreContract() {}

  /** An empty pair of stores, for progress and jobs. */
  protected interface Stores {
    /**
     * Returns the progress store.
     *
     * @return always the same
     */
    ProgressStore progress();

    /**
     * Returns the job store, which uses the same database as the progress store.
     *
     * @return always the same
     */
    JobStore jobs();
  }

  /**
   * Opens empty stores.
   *
   * @return the stores
   * @throws Exception if they cannot be opened
   */
  protected abstract Stores stores() throws Exception;

  /**
   * Expires the current lease of a backfill.
   *
   * @param id the backfill
   * @throws Exception if the lease cannot be expired
   */
  protected abstract void expireLease(BackfillId id) throws Exception;

  /** Opens the stores. */
  @BeforeEach
  public void openStores() throws Exception {
    Stores stores = stores();
    progress = stores.progress();
    jobs = stores.jobs();
  }

  /** One job for each target, until it is removed. */
  @Nested
  public class Enqueueing {

    /** The store creates a job and its backfill once, and does not change an existing job. */
    @Test
    public void enqueueingTwiceMakesOneJobAndLeavesItAsItIs() {
      assertThat(jobs.enqueue(key("a/b"), Priority.TRACKED, REASON, NOW, NOW.plusSeconds(1)))
          .isTrue();
      Job first = jobs.find(key("a/b")).orElseThrow();

      assertThat(jobs.enqueue(key("a/b"), Priority.MANUAL, "again", NOW, NOW.plusSeconds(2)))
          .isFalse();

      assertThat(first.priority()).isEqualTo(Priority.TRACKED);
      assertThat(first.reason()).isEqualTo(REASON);
      assertThat(first.queuedAt()).isEqualTo(NOW);
      assertThat(first.dueAt()).isEqualTo(NOW);
      assertThat(first.order()).isEqualTo(NOW.plusSeconds(1));
      assertThat(first.attempts()).isZero();
      assertThat(first.slices()).isZero();
      assertThat(first.state()).isEqualTo(JobState.QUEUED);
      assertThat(jobs.list()).containsExactly(first);
      assertThat(jobs.find(key("a/b"))).contains(first);
      assertThat(jobs.find(key("c/d"))).isEmpty();
      assertThat(progress.find(key("a/b")).orElseThrow().triggerReason())
          .isEqualTo("newly tracked");
    }

    /** The store adds a job to an existing backfill. */
    @Test
    public void anExistingBackfillGetsAJob() {
      BackfillId id = progress.register(key("a/b"), "manual").id();

      assertThat(jobs.find(key("a/b"))).isEmpty();

      assertThat(jobs.enqueue(key("a/b"), Priority.TRACKED, REASON, NOW, NOW.plusSeconds(1)))
          .isTrue();
      assertThat(jobs.find(key("a/b")).orElseThrow().id()).isEqualTo(id);
    }

    /** The store creates one job if ten processes track the same target at once. */
    @Test
    public void enqueueingAtOnceMakesOneJob() throws Exception {
      List<Boolean> all =
          atOnce(
              10,
              () -> jobs.enqueue(key("a/b"), Priority.TRACKED, REASON, NOW, NOW.plusSeconds(1)));

      assertThat(all).containsOnlyOnce(true);
      assertThat(jobs.list()).hasSize(1);
    }

    /** The store lists jobs by target, then by source. */
    @Test
    public void jobsAreListedByTargetThenSource() {
      enqueue("b/b", 1);
      jobs.enqueue(
          new BackfillKey("test:others", "a/a"), Priority.TRACKED, REASON, NOW, NOW.plusSeconds(2));
      enqueue("a/a", 3);

      assertThat(jobs.list().stream().map(job -> job.key().toString()))
          .containsExactly("test:numbers of a/a", "test:others of a/a", "test:numbers of b/b");
    }

    /** The store removes a job, and keeps its progress and its events. */
    @Test
    public void aRemovedJobKeepsItsProgress() {
      Job job = enqueue("a/b", 1);
      JobEvent untracked = new JobEvent(job.id(), Kind.UNTRACKED, null, "asked for by ann", NOW);

      assertThat(jobs.remove(job.id(), untracked)).isTrue();
      assertThat(jobs.remove(job.id(), untracked)).isFalse();

      assertThat(jobs.list()).isEmpty();
      assertThat(jobs.update(job.withPlacement(null), List.of())).isEmpty();
      assertThat(progress.find(key("a/b"))).isPresent();
      assertThat(happened(job)).containsExactly(untracked);
      assertThat(jobs.enqueue(key("a/b"), Priority.TRACKED, REASON, NOW, NOW.plusSeconds(1)))
          .isTrue();
    }
  }

  /** Due jobs, in the order of their schedules. */
  @Nested
  public class DueJobs {

    /** The store returns due jobs in the order of their schedules. */
    @Test
    public void dueJobsComeByTheirTurns() {
      enqueue("third/one", 30);
      enqueue("first/one", -10);
      enqueue("second/one", 20);

      assertThat(due()).containsExactly("first/one", "second/one", "third/one");
      assertThat(jobs.due(NOW, SOURCES, 2)).hasSize(2);
    }

    /**
     * The store omits jobs that are not due, of another source, dispatched, paused, cancelled, held
     * or waiting.
     */
    @Test
    public void whatCannotRunIsNotDue() throws Exception {
      Job later = enqueue("later/one", 1);
      change(later.withState(JobState.QUEUED).withSchedule(NOW, NOW.plusSeconds(60), NOW, 0, 0));
      Job never = enqueue("never/one", 1);
      change(never.withState(JobState.IDLE).withSchedule(NOW, null, NOW, 0, 0));
      jobs.enqueue(
          new BackfillKey("test:others", "other/source"),
          Priority.TRACKED,
          REASON,
          NOW,
          NOW.plusSeconds(1));
      Job sent = enqueue("sent/one", 1);
      change(
          change(sent.withPlacement(new Placement(Destination.GITHUB_ACTIONS, "large", false)))
              .withDispatch(new Dispatch("id-1", NOW, null, null, null)));
      progress.control(enqueue("paused/one", 1).id(), Control.PAUSE);
      progress.control(enqueue("cancelled/one", 1).id(), Control.CANCEL);
      Job held = enqueue("held/one", 1);
      claim(held);
      Job waiting = enqueue("waiting/one", 1);
      progress.release(
          claim(waiting), LeaseRelease.waiting(Instant.now().plusSeconds(7_200), "quota"));
      enqueue("due/one", 1);

      assertThat(due()).containsExactly("due/one");

      expireLease(held.id());
      assertThat(due()).containsExactly("held/one", "due/one");
    }

    /** The store ends a wait by its own clock. */
    @Test
    public void aWaitThatIsOverIsDue() {
      Job job = enqueue("a/b", 1);
      progress.release(claim(job), LeaseRelease.waiting(Instant.EPOCH, "quota"));

      assertThat(due()).containsExactly("a/b");
    }

    /** The store returns idle and failed jobs when they are due. */
    @Test
    public void idleAndFailedJobsAreDueAtTheirTime() {
      change(at(enqueue("idle/one", 1), JobState.IDLE, 1));
      change(at(enqueue("failed/one", 2), JobState.FAILED, 2));

      assertThat(due()).containsExactly("idle/one", "failed/one");
    }

    /** The store returns the earliest moment at which a job is due, including the end of a wait. */
    @Test
    public void theNextDueJobIsTheOneThatIsDueFirst() {
      assertThat(jobs.nextDue(SOURCES)).isEmpty();
      Job one = enqueue("one/one", 1);
      change(one.withState(JobState.QUEUED).withSchedule(NOW, NOW.plusSeconds(60), NOW, 0, 0));
      Job idle = enqueue("idle/one", 1);
      change(idle.withState(JobState.IDLE).withSchedule(NOW, null, NOW, 0, 0));
      assertThat(jobs.nextDue(SOURCES)).contains(NOW.plusSeconds(60));
      assertThat(jobs.nextDue(Set.of("test:others"))).isEmpty();

      Instant until = NOW.plusSeconds(30);
      Job waiting = enqueue("waiting/one", 1);
      progress.release(claim(waiting), LeaseRelease.waiting(until, "quota"));
      assertThat(jobs.nextDue(SOURCES)).contains(until);

      progress.control(waiting.id(), Control.PAUSE);
      assertThat(jobs.nextDue(SOURCES)).contains(NOW.plusSeconds(60));
    }

    private List<String> due() {
      return jobs.due(NOW, SOURCES, 100).stream().map(job -> job.key().target()).toList();
    }
  }

  /** Changes of a job, only of the version that was read. */
  @Nested
  public class Changes {

    /** The store keeps every field of a change. */
    @Test
    public void aChangeIsKeptWhole() {
      Job job = enqueue("a/b", 1);
      Placement placement = new Placement(Destination.GITHUB_ACTIONS, "its history is long", true);
      Dispatch dispatch =
          new Dispatch("id-1", NOW, "17", "https://example.com/17", NOW.plusSeconds(1));

      Job changed =
          change(
              job.withState(JobState.QUEUED)
                  .withSchedule(NOW, null, NOW.minusSeconds(5), 3, 7)
                  .withTrigger(Priority.MANUAL, "asked")
                  .withPlacement(placement)
                  .withDispatch(dispatch));

      assertThat(changed.version()).isEqualTo(job.version() + 1);
      assertThat(changed.priority()).isEqualTo(Priority.MANUAL);
      assertThat(changed.reason()).isEqualTo("asked");
      assertThat(changed.queuedAt()).isEqualTo(NOW);
      assertThat(changed.dueAt()).isNull();
      assertThat(changed.order()).isEqualTo(NOW.minusSeconds(5));
      assertThat(changed.attempts()).isEqualTo(3);
      assertThat(changed.slices()).isEqualTo(7);
      assertThat(changed.placement()).isEqualTo(placement);
      assertThat(changed.dispatch()).isEqualTo(dispatch);
      assertThat(jobs.find(key("a/b"))).contains(changed);
      assertThat(jobs.dispatched()).containsExactly(changed);
      Job back = change(changed.withPlacement(null));
      assertThat(back.placement()).isNull();
      assertThat(back.dispatch()).isNull();
      assertThat(jobs.dispatched()).isEmpty();
    }

    /** The store refuses a change of an older version, and does not record its events. */
    @Test
    public void aChangeOfAnOlderVersionWritesNothing() {
      Job job = enqueue("a/b", 1);
      Job changed = change(at(job, JobState.IDLE, 5));

      Optional<Job> late =
          jobs.update(
              at(job, JobState.FAILED, 9),
              List.of(event(job, Kind.FAILED, Destination.LOCAL, "late")));

      assertThat(late).isEmpty();
      assertThat(jobs.find(key("a/b"))).contains(changed);
      assertThat(happened(job)).isEmpty();
    }

    /** The store makes one change if ten callers change the same version at once. */
    @Test
    public void ofChangesAtOnceOneIsMade() throws Exception {
      Job job = enqueue("a/b", 1);

      List<Optional<Job>> all =
          atOnce(
              10,
              () ->
                  jobs.update(
                      at(job, JobState.IDLE, 1),
                      List.of(event(job, Kind.COMPLETED, Destination.LOCAL, "done"))));

      assertThat(all.stream().filter(Optional::isPresent)).hasSize(1);
      assertThat(happened(job)).hasSize(1);
    }

    /** The store keeps a dispatch before its request is sent, and adds the run's id later. */
    @Test
    public void aRequestIsStoredBeforeItsAnswer() {
      Job job = enqueue("a/b", 1);
      Placement existing = new Placement(Destination.GITHUB_ACTIONS, "the share", false);
      job = change(job.withPlacement(existing));

      job = change(job.withDispatch(Dispatch.requested("id-1", NOW)));
      assertThat(jobs.find(key("a/b")).orElseThrow().dispatch())
          .isEqualTo(Dispatch.requested("id-1", NOW));

      job = change(job.withDispatch(Dispatch.requested("id-1", NOW).ranAs("17", null)));
      assertThat(jobs.find(key("a/b")).orElseThrow().dispatch())
          .isEqualTo(new Dispatch("id-1", NOW, "17", null, null));
      assertThat(job.state()).isEqualTo(JobState.DISPATCHED);
    }
  }

  /** Events of jobs, in their order, and the removal of old ones. */
  @Nested
  public class Events {

    /** The store keeps events in order, and returns them a page at a time. */
    @Test
    public void whatHappenedIsKeptInOrder() {
      Job job = enqueue("a/b", 1);
      JobEvent routed = event(job, Kind.ROUTED, Destination.GITHUB_ACTIONS, "large");
      JobEvent fellBack =
          event(job, Kind.FELL_BACK, Destination.GITHUB_ACTIONS, "no worker claimed it");
      JobEvent triggered = new JobEvent(job.id(), Kind.TRIGGERED, null, "asked", NOW);
      change(change(job.withPlacement(null), routed, fellBack).withPlacement(null), triggered);

      List<JobEvent> events = jobs.events(job.id(), 0, 10);
      assertThat(withoutNumber(events.get(0)))
          .isEqualTo(new JobEvent(job.id(), Kind.TRIGGERED, null, "newly tracked", NOW));
      events = events.subList(1, events.size());

      assertThat(events.stream().map(JobStoreContract::withoutNumber))
          .containsExactly(routed, fellBack, triggered);
      assertThat(events).extracting(JobEvent::sequence).isSorted().doesNotHaveDuplicates();
      assertThat(jobs.events(job.id(), events.get(0).sequence(), 1)).containsExactly(events.get(1));
    }

    /** The store returns the events of a destination, of all jobs, newest first. */
    @Test
    public void theLatestEventsOfADestinationComeNewestFirst() {
      Job first = enqueue("a/a", 1);
      Job other = enqueue("b/b", 1);
      JobEvent one = event(first, Kind.COMPLETED, Destination.GITHUB_ACTIONS, "one");
      JobEvent two = event(other, Kind.FELL_BACK, Destination.GITHUB_ACTIONS, "two");
      JobEvent three = event(other, Kind.FAILED, Destination.GITHUB_ACTIONS, "three");
      change(first.withPlacement(null), one);
      change(
          other.withPlacement(null),
          two,
          event(other, Kind.ROUTED, Destination.GITHUB_ACTIONS, "no outcome"),
          event(other, Kind.FAILED, Destination.LOCAL, "elsewhere"),
          three);

      Set<Kind> outcomes = Set.of(Kind.COMPLETED, Kind.FELL_BACK, Kind.FAILED);
      assertThat(
              jobs.latest(Destination.GITHUB_ACTIONS, outcomes, 10).stream()
                  .map(JobStoreContract::withoutNumber))
          .containsExactly(three, two, one);
      assertThat(jobs.latest(Destination.GITHUB_ACTIONS, outcomes, 2)).hasSize(2);
    }

    /** The store returns the latest events of a job, newest first. */
    @Test
    public void theLatestEventsOfAJobComeNewestFirst() {
      Job job = enqueue("owner/name", 1);
      job = change(job, event(job, Kind.FAILED, Destination.LOCAL, "it broke"));
      enqueue("owner/other", 2);
      List<JobEvent> all = jobs.events(job.id(), 0, 100);

      assertThat(jobs.latestEvents(job.id(), 1)).containsExactly(all.get(all.size() - 1));
      assertThat(jobs.latestEvents(job.id(), 100)).hasSameElementsAs(all).hasSize(all.size());
    }

    /** The store removes old events in batches, and keeps the job. */
    @Test
    public void oldEventsAreRemovedInBatches() {
      Job job = enqueue("owner/name", 1);
      job = change(job, event(job, Kind.FAILED, Destination.LOCAL, "it broke"));
      int events = jobs.events(job.id(), 0, 100).size();

      assertThat(jobs.prunableEvents(Duration.ofDays(365_000))).isZero();
      assertThat(jobs.prunableEvents(Duration.ZERO)).isEqualTo(events);
      assertThat(jobs.pruneEvents(Duration.ZERO, 1)).isEqualTo(1);
      assertThat(jobs.pruneEvents(Duration.ZERO, 100)).isEqualTo(events - 1);
      assertThat(jobs.events(job.id(), 0, 100)).isEmpty();
      assertThat(jobs.find(job.key())).contains(job);
      change(job, event(job, Kind.COMPLETED, Destination.LOCAL, "it works"));
      assertThat(jobs.events(job.id(), 0, 100)).hasSize(1);
    }
  }

  /** Suspensions, by subject. */
  @Nested
  public class Suspensions {

    /** The store keeps one suspension for each subject, replaces it, and ends it once. */
    @Test
    public void suspensionsAreKeptReplacedAndTakenBack() {
      String subject = Suspension.of(Destination.GITHUB_ACTIONS);
      Suspension forGood = new Suspension(subject, "runners are down", "ann", NOW, null, 1);
      Suspension again =
          new Suspension(
              subject, "too many fail", Suspension.AUTOMATIC, NOW, NOW.plusSeconds(60), 2);
      Suspension work =
          new Suspension(Suspension.WORK, "bad token", Suspension.AUTOMATIC, NOW, NOW, 1);

      jobs.suspend(work);
      jobs.suspend(forGood);
      assertThat(jobs.suspensions()).containsExactly(forGood, work);
      jobs.suspend(again);
      assertThat(jobs.suspensions()).containsExactly(again, work);
      assertThat(jobs.resume(subject)).isTrue();
      assertThat(jobs.resume(subject)).isFalse();
      assertThat(jobs.suspensions()).containsExactly(work);
    }

    /**
     * The store neither replaces nor ends a suspension that has changed since the caller read it.
     */
    @Test
    public void aSuspensionIsReplacedOnlyAsItWasRead() {
      Suspension automatic =
          new Suspension(Suspension.WORK, "bad token", Suspension.AUTOMATIC, NOW, NOW, 1);
      Suspension users = new Suspension(Suspension.WORK, "upgrade", "ann", NOW, null, 1);
      assertThat(jobs.replace(null, automatic)).isTrue();
      assertThat(jobs.replace(null, users)).isFalse();
      Suspension read = jobs.suspensions().get(0);

      jobs.suspend(users);

      assertThat(jobs.replace(read, automatic)).isFalse();
      assertThat(jobs.resume(read)).isFalse();
      assertThat(jobs.suspensions()).containsExactly(users);
      assertThat(jobs.replace(jobs.suspensions().get(0), automatic)).isTrue();
      assertThat(jobs.resume(jobs.suspensions().get(0))).isTrue();
      assertThat(jobs.suspensions()).isEmpty();
    }

    /** The store compares also the beginning and the number of a suspension with what was read. */
    @Test
    public void aSuspensionThatBeganAgainIsAnotherOne() {
      Suspension read =
          new Suspension(Suspension.WORK, "outage", Suspension.AUTOMATIC, NOW, NOW, 1);
      Suspension next = new Suspension(Suspension.WORK, "upgrade", "ann", NOW, null, 1);
      for (Suspension again :
          List.of(
              new Suspension(
                  Suspension.WORK, "outage", Suspension.AUTOMATIC, NOW.plusSeconds(1), NOW, 1),
              new Suspension(Suspension.WORK, "outage", Suspension.AUTOMATIC, NOW, NOW, 2))) {
        jobs.suspend(again);

        assertThat(jobs.replace(read, next)).isFalse();
        assertThat(jobs.resume(read)).isFalse();
        assertThat(jobs.suspensions()).containsExactly(again);
      }
    }

    /** The store keeps one suspension if ten callers suspend the same subject at once. */
    @Test
    public void suspendingAtOnceKeepsOne() throws Exception {
      Suspension work =
          new Suspension(Suspension.WORK, "bad token", Suspension.AUTOMATIC, NOW, NOW, 1);

      atOnce(
          10,
          () -> {
            jobs.suspend(work);
            return true;
          });

      assertThat(jobs.suspensions()).containsExactly(work);
    }
  }

  private static BackfillKey key(String target) {
    return new BackfillKey(SOURCE, target);
  }

  private static Job at(Job job, JobState state, long order) {
    return job.withState(state).withSchedule(NOW, NOW, NOW.plusSeconds(order), 0, 0);
  }

  private Job enqueue(String target, long order) {
    assertThat(jobs.enqueue(key(target), Priority.TRACKED, REASON, NOW, NOW.plusSeconds(order)))
        .isTrue();
    return jobs.find(key(target)).orElseThrow();
  }

  private Job change(Job job, JobEvent... events) {
    return jobs.update(job, List.of(events)).orElseThrow();
  }

  private static JobEvent event(Job job, Kind kind, Destination destination, String reason) {
    return new JobEvent(job.id(), kind, destination, reason, NOW);
  }

  /** Returns a job's events after its creation, without the numbers that the store gave them. */
  private List<JobEvent> happened(Job job) {
    return jobs.events(job.id(), 0, 100).stream()
        .skip(1)
        .map(JobStoreContract::withoutNumber)
        .toList();
  }

  private static JobEvent withoutNumber(JobEvent event) {
    return event.withSequence(0);
  }

  private Lease claim(Job job) {
    LeaseRequest worker = new LeaseRequest("worker", "test", Duration.ofSeconds(60));
    return progress.claim(job.id(), worker).lease();
  }

  private static <R> List<R> atOnce(int threads, Callable<R> call) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<R>> calls = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        calls.add(call);
      }
      List<R> results = new ArrayList<>();
      for (Future<R> future : executor.invokeAll(calls)) {
        results.add(future.get());
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }
}
