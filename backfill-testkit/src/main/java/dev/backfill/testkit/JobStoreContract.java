package dev.backfill.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobEvent.Note;
import dev.backfill.api.job.JobSchedule;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.job.Trigger;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.Claim;
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
 * The contract of {@link JobStore}, as JUnit tests. Extend it, name a new store with its progress
 * for each test and a way to let a lease expire, and JUnit runs its groups.
 */
public abstract class JobStoreContract {

  /** The source of the jobs in the tests. */
  protected static final String SOURCE = "test:numbers";

  private static final Set<String> SOURCES = Set.of(SOURCE);
  private static final Trigger TRACKED = new Trigger(Priority.TRACKED, "newly tracked");
  private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  private ProgressStore progress;
  private JobStore jobs;

  /** Only for subclasses. */
  protected JobStoreContract() {}

  /** A place for progress and jobs, empty. */
  protected interface Stores {
    /**
     * Progress.
     *
     * @return always the same
     */
    ProgressStore progress();

    /**
     * Jobs, beside the progress.
     *
     * @return always the same
     */
    JobStore jobs();
  }

  /**
   * Opens an empty place.
   *
   * @return the place
   * @throws Exception when that fails
   */
  protected abstract Stores stores() throws Exception;

  /**
   * Has a lease end now.
   *
   * @param id whose lease
   * @throws Exception when that fails
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

    /** A job is made with its backfill, and made once. */
    @Test
    public void enqueueingTwiceMakesOneJobAndLeavesItAsItIs() {
      JobStore.Enqueued first = jobs.enqueue(key("a/b"), TRACKED, schedule(1));
      JobStore.Enqueued second =
          jobs.enqueue(key("a/b"), new Trigger(Priority.MANUAL, "again"), schedule(2));

      assertThat(first.created()).isTrue();
      assertThat(second.created()).isFalse();
      assertThat(second.job()).isEqualTo(first.job());
      assertThat(first.job().trigger()).isEqualTo(TRACKED);
      assertThat(first.job().schedule()).isEqualTo(schedule(1));
      assertThat(first.job().state()).isEqualTo(JobState.QUEUED);
      assertThat(jobs.list()).containsExactly(first.job());
      assertThat(jobs.find(key("a/b"))).contains(first.job());
      assertThat(jobs.find(key("c/d"))).isEmpty();
      assertThat(progress.find(key("a/b")).orElseThrow().state().triggerReason())
          .isEqualTo("newly tracked");
    }

    /** A backfill that is there already gets a job. */
    @Test
    public void aBackfillThatExistsIsLookedAfterFromThenOn() {
      BackfillId id = progress.register(key("a/b"), "manual").id();

      assertThat(jobs.find(key("a/b"))).isEmpty();
      JobStore.Enqueued enqueued = jobs.enqueue(key("a/b"), TRACKED, schedule(1));

      assertThat(enqueued.created()).isTrue();
      assertThat(enqueued.job().id()).isEqualTo(id);
    }

    /** Ten processes that track the same target make one job. */
    @Test
    public void enqueueingAtOnceMakesOneJob() throws Exception {
      List<JobStore.Enqueued> all =
          atOnce(10, () -> jobs.enqueue(key("a/b"), TRACKED, schedule(1)));

      assertThat(all.stream().filter(JobStore.Enqueued::created)).hasSize(1);
      assertThat(jobs.list()).hasSize(1);
    }

    /** Jobs are listed by target, then source. */
    @Test
    public void jobsAreListedByTargetThenSource() {
      enqueue("b/b", 1);
      jobs.enqueue(new BackfillKey("test:others", "a/a"), TRACKED, schedule(2));
      enqueue("a/a", 3);

      assertThat(jobs.list().stream().map(job -> job.key().toString()))
          .containsExactly("test:numbers of a/a", "test:others of a/a", "test:numbers of b/b");
    }

    /** A job that is removed leaves its progress and what happened. */
    @Test
    public void whatIsNoLongerLookedAfterKeepsItsProgress() {
      Job job = enqueue("a/b", 1);
      Note note = new Note(Kind.UNTRACKED, null, "asked for by a person", NOW);

      assertThat(jobs.remove(job.id(), note)).isTrue();
      assertThat(jobs.remove(job.id(), note)).isFalse();

      assertThat(jobs.list()).isEmpty();
      assertThat(jobs.update(job.withPlacement(null), List.of())).isEmpty();
      assertThat(progress.find(key("a/b"))).isPresent();
      assertThat(happened(job)).containsExactly(note);
      assertThat(jobs.enqueue(key("a/b"), TRACKED, schedule(1)).created()).isTrue();
    }
  }

  /** Due jobs, in the order of their schedules. */
  @Nested
  public class DueJobs {

    /** The order is that of the turns. */
    @Test
    public void dueJobsComeByTheirTurns() {
      enqueue("third/one", 30);
      enqueue("first/one", -10);
      enqueue("second/one", 20);

      assertThat(due()).containsExactly("first/one", "second/one", "third/one");
      assertThat(jobs.due(NOW, SOURCES, 2)).hasSize(2);
    }

    /** What is not due, of no such source, sent elsewhere, steered or held is left out. */
    @Test
    public void whatCannotRunIsNotDue() throws Exception {
      Job later = enqueue("later/one", 1);
      change(
          later.withState(JobState.QUEUED, new JobSchedule(NOW, NOW.plusSeconds(60), NOW, 0, 0)));
      Job never = enqueue("never/one", 1);
      change(never.withState(JobState.IDLE, new JobSchedule(NOW, null, NOW, 0, 0)));
      jobs.enqueue(new BackfillKey("test:others", "other/source"), TRACKED, schedule(1));
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

    /** Waits end by the store's clock. */
    @Test
    public void aWaitThatIsOverIsDue() {
      Job job = enqueue("a/b", 1);
      progress.release(claim(job), LeaseRelease.waiting(Instant.EPOCH, "quota"));

      assertThat(due()).containsExactly("a/b");
    }

    /** Idle and failed jobs run again when their time has come. */
    @Test
    public void idleAndFailedJobsAreDueAtTheirTime() {
      change(enqueue("idle/one", 1).withState(JobState.IDLE, schedule(1)));
      change(enqueue("failed/one", 2).withState(JobState.FAILED, schedule(2)));

      assertThat(due()).containsExactly("idle/one", "failed/one");
    }

    /** The next moment is the earliest one, a wait included. */
    @Test
    public void theNextDueJobIsTheOneThatIsDueFirst() {
      assertThat(jobs.nextDue(SOURCES)).isEmpty();
      Job one = enqueue("one/one", 1);
      change(one.withState(JobState.QUEUED, new JobSchedule(NOW, NOW.plusSeconds(60), NOW, 0, 0)));
      Job idle = enqueue("idle/one", 1);
      change(idle.withState(JobState.IDLE, new JobSchedule(NOW, null, NOW, 0, 0)));
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

    /** Everything that can be changed is kept. */
    @Test
    public void aChangeIsKeptWhole() {
      Job job = enqueue("a/b", 1);
      JobSchedule schedule = new JobSchedule(NOW, null, NOW.minusSeconds(5), 3, 7);
      Placement placement = new Placement(Destination.GITHUB_ACTIONS, "its history is long", true);
      Dispatch dispatch =
          new Dispatch("id-1", NOW, "17", "https://example.com/17", NOW.plusSeconds(1));

      Job changed =
          change(
              job.withState(JobState.QUEUED, new Trigger(Priority.MANUAL, "asked"), schedule)
                  .withPlacement(placement)
                  .withDispatch(dispatch));

      assertThat(changed.version()).isEqualTo(job.version() + 1);
      assertThat(changed.trigger()).isEqualTo(new Trigger(Priority.MANUAL, "asked"));
      assertThat(changed.schedule()).isEqualTo(schedule);
      assertThat(changed.placement()).isEqualTo(placement);
      assertThat(changed.dispatch()).isEqualTo(dispatch);
      assertThat(jobs.find(key("a/b"))).contains(changed);
      assertThat(jobs.dispatched()).containsExactly(changed);
      Job back = change(changed.withPlacement(null));
      assertThat(back.placement()).isNull();
      assertThat(back.dispatch()).isNull();
      assertThat(jobs.dispatched()).isEmpty();
    }

    /** A change that was worked out for an older version is refused, with its notes. */
    @Test
    public void aChangeOfAnOlderVersionWritesNothing() {
      Job job = enqueue("a/b", 1);
      Job changed = change(job.withState(JobState.IDLE, schedule(5)));

      Optional<Job> late =
          jobs.update(
              job.withState(JobState.FAILED, schedule(9)),
              List.of(note(Kind.FAILED, Destination.LOCAL, "late")));

      assertThat(late).isEmpty();
      assertThat(jobs.find(key("a/b"))).contains(changed);
      assertThat(happened(job)).isEmpty();
    }

    /** Of ten that change the same version one does. */
    @Test
    public void ofChangesAtOnceOneIsMade() throws Exception {
      Job job = enqueue("a/b", 1);

      List<Optional<Job>> all =
          atOnce(
              10,
              () ->
                  jobs.update(
                      job.withState(JobState.IDLE, schedule(1)),
                      List.of(note(Kind.COMPLETED, Destination.LOCAL, "done"))));

      assertThat(all.stream().filter(Optional::isPresent)).hasSize(1);
      assertThat(happened(job)).hasSize(1);
    }

    /** A request is stored before it is made, and answered later. */
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

    /** Notes are kept in order and read a page at a time. */
    @Test
    public void whatHappenedIsKeptInOrder() {
      Job job = enqueue("a/b", 1);
      Note routed = note(Kind.ROUTED, Destination.GITHUB_ACTIONS, "large");
      Note fellBack = note(Kind.FELL_BACK, Destination.GITHUB_ACTIONS, "nobody came");
      Note triggered = new Note(Kind.TRIGGERED, null, "asked", NOW);
      change(change(job.withPlacement(null), routed, fellBack).withPlacement(null), triggered);

      List<JobEvent> events = jobs.events(job.id(), 0, 10);
      assertThat(events.get(0).note())
          .isEqualTo(new Note(Kind.TRIGGERED, null, "newly tracked", NOW));
      events = events.subList(1, events.size());

      assertThat(events.stream().map(JobEvent::note)).containsExactly(routed, fellBack, triggered);
      assertThat(events).allMatch(event -> event.backfill().equals(job.id()));
      assertThat(jobs.events(job.id(), events.get(0).sequence(), 1)).containsExactly(events.get(1));
    }

    /** Outcomes at a destination are read newest first, of all jobs. */
    @Test
    public void theLatestEventsOfADestinationComeNewestFirst() {
      Note one = note(Kind.COMPLETED, Destination.GITHUB_ACTIONS, "one");
      Note two = note(Kind.FELL_BACK, Destination.GITHUB_ACTIONS, "two");
      Note three = note(Kind.FAILED, Destination.GITHUB_ACTIONS, "three");
      change(enqueue("a/a", 1).withPlacement(null), one);
      change(
          enqueue("b/b", 1).withPlacement(null),
          two,
          note(Kind.ROUTED, Destination.GITHUB_ACTIONS, "no outcome"),
          note(Kind.FAILED, Destination.LOCAL, "elsewhere"),
          three);

      Set<Kind> outcomes = Set.of(Kind.COMPLETED, Kind.FELL_BACK, Kind.FAILED);
      assertThat(jobs.latest(Destination.GITHUB_ACTIONS, outcomes, 10).stream().map(JobEvent::note))
          .containsExactly(three, two, one);
      assertThat(jobs.latest(Destination.GITHUB_ACTIONS, outcomes, 2)).hasSize(2);
    }

    /** The latest events of one job are found without reading the others. */
    @Test
    public void theLatestEventsOfAJobComeNewestFirst() {
      Job job = change(enqueue("owner/name", 1), note(Kind.FAILED, Destination.LOCAL, "it broke"));
      enqueue("owner/other", 2);
      List<JobEvent> all = jobs.events(job.id(), 0, 100);

      assertThat(jobs.latestEvents(job.id(), 1)).containsExactly(all.get(all.size() - 1));
      assertThat(jobs.latestEvents(job.id(), 100)).hasSameElementsAs(all).hasSize(all.size());
    }

    /** Events are records: old ones go, in batches, and the job stays. */
    @Test
    public void oldEventsAreRemovedInBatches() {
      Job job = change(enqueue("owner/name", 1), note(Kind.FAILED, Destination.LOCAL, "it broke"));
      int events = jobs.events(job.id(), 0, 100).size();

      assertThat(jobs.prunableEvents(Duration.ofDays(365_000))).isZero();
      assertThat(jobs.prunableEvents(Duration.ZERO)).isEqualTo(events);
      assertThat(jobs.pruneEvents(Duration.ZERO, 1)).isEqualTo(1);
      assertThat(jobs.pruneEvents(Duration.ZERO, 100)).isEqualTo(events - 1);
      assertThat(jobs.events(job.id(), 0, 100)).isEmpty();
      assertThat(jobs.find(job.key())).contains(job);
      change(job, note(Kind.COMPLETED, Destination.LOCAL, "it works"));
      assertThat(jobs.events(job.id(), 0, 100)).hasSize(1);
    }
  }

  /** Suspensions, by subject. */
  @Nested
  public class Suspensions {

    /** Suspensions are kept by subject, replaced, and taken back once. */
    @Test
    public void suspensionsAreKeptReplacedAndTakenBack() {
      String subject = Suspension.of(Destination.GITHUB_ACTIONS);
      Suspension forGood = new Suspension(subject, "runners are down", "a person", NOW, null, 1);
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

    /** A suspension that changed since it was read is neither replaced nor ended. */
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

    /** Several processes may suspend the same thing at once. */
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

  private static JobSchedule schedule(long order) {
    return new JobSchedule(NOW, NOW, NOW.plusSeconds(order), 0, 0);
  }

  private Job enqueue(String target, long order) {
    return jobs.enqueue(key(target), TRACKED, schedule(order)).job();
  }

  private Job change(Job job, Note... notes) {
    return jobs.update(job, List.of(notes)).orElseThrow();
  }

  private static Note note(Kind kind, Destination destination, String reason) {
    return new Note(kind, destination, reason, NOW);
  }

  /** What happened to a job after it was made. */
  private List<Note> happened(Job job) {
    List<Note> notes = jobs.events(job.id(), 0, 100).stream().map(JobEvent::note).toList();
    return notes.subList(1, notes.size());
  }

  private Lease claim(Job job) {
    LeaseRequest worker = new LeaseRequest("worker", "test", Duration.ofSeconds(60));
    return ((Claim.Granted) progress.claim(job.id(), worker)).lease();
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
