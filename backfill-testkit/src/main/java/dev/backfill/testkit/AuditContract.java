package dev.backfill.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.ControlRequest;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.Transition;
import dev.backfill.api.store.Transition.Cause;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.groups.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The part of the {@link ProgressStoreContract} that is about due work and about who changed what.
 */
public abstract class AuditContract extends QuarantineContract {

  private static final LeaseRequest WORKER = new LeaseRequest("worker", "test", TIME_TO_LIVE);
  private static final Set<String> SOURCES = Set.of(KEY.source());

  /** Only for subclasses. */
  protected AuditContract() {}

  /** Pending ones are due, the one that rested longest first; each is given away once. */
  @Test
  public void whatIsDueIsClaimedTheLongestRestedFirst() {
    BackfillId first = register("owner/first");
    BackfillId second = register("owner/second");

    assertThat(claimNext()).contains(first);
    assertThat(claimNext()).contains(second);
    assertThat(claimNext()).isEmpty();
    assertThat(store.get(first).state().status()).isEqualTo(BackfillStatus.RUNNING);
  }

  /** A worker only gets what it can read. */
  @Test
  public void aSourceThatTheWorkerDoesNotHaveIsPassedOver() {
    register("owner/name");

    assertThat(store.claimNext(WORKER, Set.of("test:others"))).isEmpty();
    assertThat(store.claimNext(WORKER, Set.of("test:others", KEY.source()))).isPresent();
  }

  /** Waits end by themselves, by the store's clock. */
  @Test
  public void aWaitThatIsOverIsDueAndOneThatIsNotIsNotDue() {
    Lease later = claim("worker");
    store.release(later, LeaseRelease.waiting(Instant.now().plusSeconds(7_200), "quota"));
    assertThat(claimNext()).isEmpty();

    store.control(later.backfill(), Control.RESUME);
    Lease over = claim("worker");
    store.release(over, LeaseRelease.waiting(Instant.EPOCH, "quota"));
    assertThat(claimNext()).contains(over.backfill());
  }

  /** What a dead worker left is due once its lease has expired; a person's request stands. */
  @Test
  public void aDeadWorkersBackfillIsDueOnceItsLeaseHasExpired() throws Exception {
    Lease dead = claim("dead");
    assertThat(claimNext()).isEmpty();
    expireLease(dead.backfill());

    Optional<Claim.Granted> taken = store.claimNext(WORKER, SOURCES);

    assertThat(taken).map(granted -> granted.lease().fence()).contains(dead.fence() + 1);
    assertThat(last(dead.backfill()).reason()).contains("dead");
  }

  /** Nothing that a person stopped, and nothing that is complete or failed, is due. */
  @Test
  public void whatIsStoppedOrDoneIsNotDue() throws Exception {
    for (BackfillStatus status :
        List.of(BackfillStatus.COMPLETED, BackfillStatus.COMPLETED_WITH_GAPS)) {
      store.release(claim("worker"), LeaseRelease.as(status));
      assertThat(claimNext()).as(status.name()).isEmpty();
    }
    store.release(claim("worker"), LeaseRelease.failed("It broke."));
    assertThat(claimNext()).as("failed").isEmpty();
    Lease lease = claim("worker");
    store.control(lease.backfill(), Control.PAUSE);
    expireLease(lease.backfill());
    assertThat(claimNext()).as("pausing, and its worker is dead").isEmpty();
  }

  /** Eight workers that ask at once get eight backfills, and nobody's twice. */
  @Test
  public void ofEightThatAskAtOnceEachGetsAnother() throws Exception {
    for (int i = 0; i < 8; i++) {
      register("owner/name" + i);
    }
    ExecutorService workers = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Optional<Claim.Granted>>> claims = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        LeaseRequest request = new LeaseRequest("worker " + i, "test", TIME_TO_LIVE);
        claims.add(() -> store.claimNext(request, SOURCES));
      }
      Set<BackfillId> given = new HashSet<>();
      int grants = 0;
      for (Future<Optional<Claim.Granted>> claim : workers.invokeAll(claims)) {
        Optional<Claim.Granted> granted = claim.get();
        if (granted.isPresent()) {
          grants++;
          given.add(granted.get().lease().backfill());
        }
      }
      assertThat(given).as("nobody's twice").hasSize(grants);
      Optional<BackfillId> rest = claimNext();
      while (rest.isPresent()) {
        given.add(rest.get());
        rest = claimNext();
      }
      assertThat(given).as("none is forgotten").hasSize(8);
    } finally {
      workers.shutdownNow();
    }
  }

  /** Who, when and why, for workers and for people, in the order in which it happened. */
  @Test
  public void everyTransitionIsKeptWithWhoWhenAndWhy() throws Exception {
    Lease first = claim("first");
    Instant until = Instant.parse("2030-01-01T00:00:00Z");
    store.release(first, LeaseRelease.waiting(until, "quota"));
    Lease second = claim("second");
    store.control(
        second.backfill(), new ControlRequest(Control.PAUSE, "alice", "the database moves"));
    expireLease(second.backfill());
    store.claim(second.backfill(), WORKER);
    store.control(second.backfill(), ControlRequest.unnamed(Control.RESUME));
    Lease third = claim("third");
    store.release(third, LeaseRelease.failed("It broke."));

    assertThat(store.transitions(first.backfill(), 0, 100))
        .extracting(Transition::change, Transition::actor, Transition::reason)
        .containsExactly(
            change(BackfillStatus.PENDING, BackfillStatus.RUNNING, Cause.CLAIM, "first", null),
            change(BackfillStatus.RUNNING, BackfillStatus.WAITING, Cause.RELEASE, "first", "quota"),
            change(BackfillStatus.WAITING, BackfillStatus.RUNNING, Cause.CLAIM, "second", null),
            change(
                BackfillStatus.RUNNING,
                BackfillStatus.PAUSING,
                Cause.PAUSE,
                "alice",
                "the database moves"),
            change(BackfillStatus.PAUSING, BackfillStatus.PAUSED, Cause.SETTLE, "second", null),
            change(BackfillStatus.PAUSED, BackfillStatus.PENDING, Cause.RESUME, "unnamed", null),
            change(BackfillStatus.PENDING, BackfillStatus.RUNNING, Cause.CLAIM, "third", null),
            change(
                BackfillStatus.RUNNING,
                BackfillStatus.FAILED,
                Cause.RELEASE,
                "third",
                "It broke."));
    assertThat(store.transitions(first.backfill(), 0, 100))
        .extracting(Transition::fence)
        .containsExactly(1L, 1L, 2L, 2L, 2L, 2L, 3L, 3L);
  }

  /** A request that changes nothing leaves no trace. */
  @Test
  public void aRequestThatChangesNothingIsNoTransition() {
    Lease lease = claim("worker");
    store.release(lease, LeaseRelease.as(BackfillStatus.COMPLETED));
    int before = store.transitions(lease.backfill(), 0, 100).size();
    store.control(lease.backfill(), Control.PAUSE);

    assertThat(store.transitions(lease.backfill(), 0, 100)).hasSize(before);
  }

  /** A long history of transitions is read a page at a time. */
  @Test
  public void transitionsAreReadAPageAtATime() {
    Lease lease = claim("worker");
    store.release(lease, LeaseRelease.moreToDo());
    List<Transition> all = store.transitions(lease.backfill(), 0, 100);

    List<Transition> first = store.transitions(lease.backfill(), 0, 1);
    assertThat(first).isEqualTo(all.subList(0, 1));
    assertThat(store.transitions(lease.backfill(), first.get(0).sequence(), 1))
        .isEqualTo(all.subList(1, 2));
    assertThat(store.transitions(lease.backfill(), all.get(1).sequence(), 1)).isEmpty();
  }

  private static Tuple change(
      BackfillStatus from, BackfillStatus to, Cause cause, String actor, @Nullable String reason) {
    return Tuple.tuple(new Transition.Change(from, to, cause), actor, reason);
  }

  private BackfillId register(String target) {
    Backfill backfill = store.register(new BackfillKey(KEY.source(), target), "test");
    return backfill.id();
  }

  private Optional<BackfillId> claimNext() {
    return store.claimNext(WORKER, SOURCES).map(granted -> granted.lease().backfill());
  }

  private Transition last(BackfillId id) {
    List<Transition> all = store.transitions(id, 0, 1_000);
    return all.get(all.size() - 1);
  }

  /** Whatever has become of it, a person may have everything read again. */
  @Test
  public void aRestartReadsEverythingAgainWhateverTheStatus() {
    Lease lease = claim("worker");
    store.commit(lease, chunk(1, "a", "b"), new RecordingSink());
    assertThat(store.restart(lease.backfill(), "ann", "to see")).as("a worker has it").isEmpty();
    assertThat(store.get(lease.backfill()).counters().processed()).isEqualTo(2);
    store.release(lease, LeaseRelease.completed(BackfillStatus.COMPLETED, null));

    Backfill restarted = store.restart(lease.backfill(), "ann", "to see").orElseThrow();
    assertThat(restarted.state().status()).isEqualTo(BackfillStatus.PENDING);
    assertThat(restarted.holder()).isNull();
    assertThat(restarted.position().cursor()).isEqualTo(Cursor.START);
    assertThat(restarted.counters()).isEqualTo(new Backfill.Counters(Total.UNKNOWN, 0, 0));
    assertThat(restarted.timeline().completedAt()).isNull();
    assertThatThrownBy(() -> store.renew(lease)).isInstanceOf(LeaseLostException.class);

    store.release(claim("worker"), LeaseRelease.failed("It is gone."));
    assertThat(store.restart(lease.backfill(), "ann", null)).isPresent();
    store.control(lease.backfill(), Control.CANCEL);
    assertThat(store.restart(lease.backfill(), "ann", "after all")).isPresent();
    assertThat(store.transitions(lease.backfill(), 0, 100))
        .anySatisfy(
            transition -> {
              assertThat(transition.actor()).isEqualTo("ann");
              assertThat(transition.reason()).isEqualTo("read again from the start: after all");
            });
    store.commit(claim("worker"), chunk(2, Cursor.START, "a"), new RecordingSink());
    assertThat(store.get(lease.backfill()).counters().processed()).isEqualTo(1);
  }
}
