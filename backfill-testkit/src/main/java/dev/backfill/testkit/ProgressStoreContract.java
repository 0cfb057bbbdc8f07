package dev.backfill.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.Backfill.Waiting;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.ProgressStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ProgressStore} promises. Extend it, say how to make a store and how to let a
 * lease expire, and run it as a JUnit test.
 */
public abstract class ProgressStoreContract extends VerificationContract {

  private static final Instant LATER = Instant.parse("2040-01-01T00:00:00Z");

  /** Only for subclasses. */
  protected ProgressStoreContract() {}

  /** A second registration finds the first one. */
  @Test
  public void registeringIsIdempotent() {
    Backfill first = store.register(KEY, "manual");
    Backfill second = store.register(KEY, "scheduled");

    assertThat(second).isEqualTo(first);
    assertThat(first.key()).isEqualTo(KEY);
    assertThat(first.state())
        .isEqualTo(
            new Backfill.State(BackfillStatus.PENDING, Phase.HISTORY, null, 0, null, "manual"));
    assertThat(first.position()).isEqualTo(new Backfill.Position(Cursor.START, 1, 0));
    assertThat(first.counters()).isEqualTo(new Backfill.Counters(Total.UNKNOWN, 0, 0));
    assertThat(first.holder()).isNull();
    assertThat(first.timeline().startedAt()).isNull();
    assertThat(first.timeline().completedAt()).isNull();
  }

  /** Eight registrations at once make one backfill. */
  @Test
  public void registeringAtOnceMakesOneBackfill() throws Exception {
    assertThat(Set.copyOf(atOnce(8, worker -> store.register(KEY, "manual").id()))).hasSize(1);
    assertThat(store.list()).hasSize(1);
  }

  /** What is stored can be found, by what it is about and by its number. */
  @Test
  public void whatIsRegisteredIsFound() {
    Backfill one = store.register(KEY, "manual");
    Backfill two = store.register(new BackfillKey("test:others", KEY.target()), "manual");
    Backfill three = store.register(new BackfillKey("test:zzz", "another/name"), "manual");

    assertThat(store.find(KEY)).contains(one);
    assertThat(store.find(new BackfillKey("test:none", KEY.target()))).isEmpty();
    assertThat(store.get(two.id())).isEqualTo(two);
    assertThat(store.list()).containsExactly(three, one, two);
    assertThat(store.chunks(one.id(), 1, 10)).isEmpty();
    assertThat(store.quarantined(one.id(), 10)).isEmpty();
  }

  /** A number that the store never gave is the caller's mistake. */
  @Test
  public void anUnknownNumberIsRefused() {
    BackfillId unknown = new BackfillId(987654321);
    assertThatThrownBy(() -> store.get(unknown)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.claim(unknown, claimant("worker")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.control(unknown, Control.PAUSE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Each grant is newer than all before it. */
  @Test
  public void everyClaimRaisesTheFence() {
    Lease first = claim("worker");
    store.release(first, LeaseRelease.moreToDo());
    Lease second = claim("worker");

    assertThat(second.fence()).isGreaterThan(first.fence());
    assertThat(second.owner()).isEqualTo("worker");
    assertThat(second.timeToLive()).isEqualTo(TIME_TO_LIVE);
    Backfill backfill = store.get(second.backfill());
    assertThat(backfill.state().status()).isEqualTo(BackfillStatus.RUNNING);
    assertThat(backfill.timeline().startedAt()).isNotNull();
  }

  /** Who is refused learns who holds it. */
  @Test
  public void aLiveLeaseIsHeld() {
    Lease lease = claim("worker");

    Claim claim = store.claim(lease.backfill(), claimant("other"));

    assertThat(claim).isInstanceOf(Claim.Held.class);
    Backfill.Holder holder = claim.backfill().holder();
    assertThat(holder).isNotNull();
    assertThat(holder.owner()).isEqualTo("worker");
    assertThat(holder.expired()).isFalse();
    assertThat(store.renew(lease)).isEqualTo(BackfillStatus.RUNNING);
  }

  /** Whoever stops renewing is replaced; the name alone gives no right. */
  @Test
  public void anExpiredLeaseIsGrantedAgain() throws Exception {
    Lease old = claim("worker");
    expireLease(old.backfill());
    Backfill.Holder expired = store.get(old.backfill()).holder();
    assertThat(expired).isNotNull();
    assertThat(expired.expired()).isTrue();

    Lease current = claim("worker");

    assertThat(current.fence()).isGreaterThan(old.fence());
    assertThatThrownBy(() -> store.renew(old)).isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> store.recordFailure(old, "x")).isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> store.rewind(old)).isInstanceOf(LeaseLostException.class);
    assertThatThrownBy(() -> store.release(old, LeaseRelease.moreToDo()))
        .isInstanceOf(LeaseLostException.class);
    assertThat(store.renew(current)).isEqualTo(BackfillStatus.RUNNING);
  }

  /** A lease that nobody else took is good again once it is renewed. */
  @Test
  public void renewingMakesTheLeaseLast() throws Exception {
    Lease lease = claim("worker");
    expireLease(lease.backfill());

    store.renew(lease);

    assertThat(store.claim(lease.backfill(), claimant("other"))).isInstanceOf(Claim.Held.class);
  }

  /** A holder known to be dead is replaced before its lease expires, and nobody else. */
  @Test
  public void exactlyTheDeadOwnerIsReplacedAtOnce() {
    Lease dead = claim("dead");

    assertThat(store.claim(dead.backfill(), claimant("worker").replacing("somebody else")))
        .isInstanceOf(Claim.Held.class);
    Claim claim = store.claim(dead.backfill(), claimant("worker").replacing("dead"));

    assertThat(claim).isInstanceOf(Claim.Granted.class);
    assertThat(((Claim.Granted) claim).lease().fence()).isGreaterThan(dead.fence());
    assertThat(store.claim(dead.backfill(), claimant("third").replacing("dead")))
        .isInstanceOf(Claim.Held.class);
  }

  /** Of many that ask at once, one gets it. */
  @Test
  public void ofEightThatClaimAtOnceOneIsGranted() throws Exception {
    BackfillId id = store.register(KEY, "manual").id();

    List<Claim> claims = atOnce(8, worker -> store.claim(id, claimant("worker " + worker)));

    assertThat(claims).filteredOn(Claim.Granted.class::isInstance).hasSize(1);
    assertThat(claims).filteredOn(Claim.Held.class::isInstance).hasSize(7);
  }

  /** A person's word stands until a person takes it back. */
  @Test
  public void whatIsPausedOrCancelledIsRefused() {
    BackfillId id = store.register(KEY, "manual").id();
    for (Control control : List.of(Control.PAUSE, Control.CANCEL)) {
      BackfillStatus status = store.control(id, control).state().status();
      Claim claim = store.claim(id, claimant("worker"));
      assertThat(claim).isInstanceOf(Claim.Refused.class);
      assertThat(claim.backfill().state().status()).isEqualTo(status);
    }
    store.control(id, Control.RESUME);
    assertThat(store.claim(id, claimant("worker"))).isInstanceOf(Claim.Granted.class);
  }

  /** A request that a dead worker never saw is carried out by whoever comes next. */
  @Test
  public void aRequestToADeadWorkerIsCarriedOut() throws Exception {
    Lease lease = claim("dead");
    store.control(lease.backfill(), Control.PAUSE);
    expireLease(lease.backfill());

    Claim claim = store.claim(lease.backfill(), claimant("worker"));

    assertThat(claim).isInstanceOf(Claim.Refused.class);
    assertThat(claim.backfill().state().status()).isEqualTo(BackfillStatus.PAUSED);
    assertThat(store.get(lease.backfill()).state().status()).isEqualTo(BackfillStatus.PAUSED);
  }

  /** Failures add up until a chunk is committed. */
  @Test
  public void failuresAreCounted() {
    Lease lease = claim("worker");
    store.recordFailure(lease, "The first.");
    store.recordFailure(lease, "The second.");
    store.release(lease, LeaseRelease.waiting(LATER, "trying again"));

    Backfill.State state = store.get(claim("worker").backfill()).state();

    assertThat(state.consecutiveFailures()).isEqualTo(2);
    assertThat(state.lastError()).isEqualTo("The second.");
  }

  /** A rewound backfill reads everything again under new numbers. */
  @Test
  public void rewindingStartsTheHistoryAgain() {
    Lease lease = claim("worker");
    store.commit(lease, chunk(1, "a", "b"), new RecordingSink());

    Backfill rewound = store.rewind(lease);

    assertThat(rewound.position().cursor()).isEqualTo(Cursor.START);
    assertThat(rewound.position().nextChunkNumber()).isEqualTo(2);
    assertThat(rewound.counters()).isEqualTo(new Backfill.Counters(Total.UNKNOWN, 0, 0));
    assertThat(store.chunks(lease.backfill(), 1, 10)).hasSize(1);
    store.commit(lease, chunk(2, Cursor.START, "a"), new RecordingSink());
    assertThat(store.get(lease.backfill()).counters().processed()).isEqualTo(1);
  }

  /** What is read again is no longer known to be bad. */
  @Test
  public void rewindingEmptiesTheQuarantine() {
    Lease lease = claim("worker");
    store.commit(lease, withRejected(chunk(1, "a"), rejected("7")), new RecordingSink());

    store.rewind(lease);

    assertThat(store.quarantined(lease.backfill(), 10)).isEmpty();
  }

  /** A failure counts until a chunk is committed or the backfill completes. */
  @Test
  public void aFailedReleaseCountsAsAFailureUntilTheBackfillCompletes() {
    Lease first = claim("worker");
    Backfill failed = store.release(first, LeaseRelease.failed("It is not there."));
    assertThat(failed.state().consecutiveFailures()).isEqualTo(1);
    assertThat(failed.state().lastError()).isEqualTo("It is not there.");

    Lease second = claim("worker");
    Backfill completed = store.release(second, LeaseRelease.as(BackfillStatus.COMPLETED));
    assertThat(completed.state().consecutiveFailures()).isZero();
    assertThat(completed.state().lastError()).isNull();
  }

  /** A backfill is left as the worker says. */
  @Test
  public void aReleaseLeavesTheStatusThatItNames() {
    List<LeaseRelease> releases =
        List.of(
            LeaseRelease.moreToDo(),
            LeaseRelease.waiting(LATER, "quota"),
            LeaseRelease.as(BackfillStatus.COMPLETED),
            LeaseRelease.as(BackfillStatus.COMPLETED_WITH_GAPS),
            LeaseRelease.failed("The token is wrong."),
            LeaseRelease.as(BackfillStatus.PAUSED),
            LeaseRelease.as(BackfillStatus.CANCELLED));
    for (LeaseRelease release : releases) {
      Lease lease = claim("worker");
      Backfill after = store.release(lease, release);
      assertThat(after).isEqualTo(store.get(lease.backfill()));
      assertThat(after.state().status()).isEqualTo(release.status());
      assertThat(after.state().waiting()).isEqualTo(release.waiting());
      assertThat(after.holder()).isNull();
      if (release.error() != null) {
        assertThat(after.state().lastError()).isEqualTo(release.error());
      }
      if (release.status().isCompleted()) {
        assertThat(after.timeline().completedAt()).isNotNull();
      }
      store.control(lease.backfill(), Control.RESUME);
    }
  }

  /** Whoever goes on no longer waits. */
  @Test
  public void aClaimEndsTheWait() {
    store.release(claim("worker"), LeaseRelease.waiting(LATER, "quota"));
    Waiting waiting = store.get(store.register(KEY, "manual").id()).state().waiting();
    assertThat(waiting).isEqualTo(new Waiting(LATER, "quota"));

    assertThat(store.get(claim("worker").backfill()).state().waiting()).isNull();
  }

  /** Requests lead where {@link BackfillStatus#after} says, when nobody works. */
  @Test
  public void aRequestWithoutALeaseFollowsTheRule() {
    for (BackfillStatus from : EnumSet.allOf(BackfillStatus.class)) {
      for (Control control : Control.values()) {
        BackfillKey key = new BackfillKey("test:" + from + control, "owner/name");
        BackfillId id = store.register(key, "manual").id();
        if (leaveIn(id, from)) {
          Backfill after = store.control(id, control);
          assertThat(after.state().status())
              .as("%s after %s", from, control)
              .isEqualTo(from.after(control, false));
          assertThat(after).isEqualTo(store.get(id));
          assertThat(after.state().waiting() != null)
              .isEqualTo(after.state().status() == BackfillStatus.WAITING);
        }
      }
    }
  }

  /** Requests lead where {@link BackfillStatus#after} says, while somebody works. */
  @Test
  public void aRequestWithALeaseFollowsTheRule() {
    BackfillId id = claim("worker").backfill();
    List<Control> requests =
        List.of(
            Control.RESUME,
            Control.PAUSE,
            Control.PAUSE,
            Control.RESUME,
            Control.CANCEL,
            Control.PAUSE,
            Control.RESUME,
            Control.PAUSE,
            Control.CANCEL);
    BackfillStatus status = BackfillStatus.RUNNING;
    for (Control request : requests) {
      BackfillStatus expected = status.after(request, true);
      assertThat(store.control(id, request).state().status())
          .as("%s after %s", status, request)
          .isEqualTo(expected);
      status = expected;
    }
  }

  /** The worker sees the request when it renews, and its release carries it out. */
  @Test
  public void aRequestWinsAtTheRelease() {
    Lease lease = claim("worker");
    store.control(lease.backfill(), Control.PAUSE);
    assertThat(store.renew(lease)).isEqualTo(BackfillStatus.PAUSING);
    Backfill paused = store.release(lease, LeaseRelease.waiting(LATER, "quota"));
    assertThat(paused.state().status()).isEqualTo(BackfillStatus.PAUSED);
    assertThat(paused.state().waiting()).isNull();

    store.control(lease.backfill(), Control.RESUME);
    Lease second = claim("worker");
    store.control(lease.backfill(), Control.CANCEL);
    assertThat(store.renew(second)).isEqualTo(BackfillStatus.CANCELLING);
    assertThat(store.release(second, LeaseRelease.moreToDo()).state().status())
        .isEqualTo(BackfillStatus.CANCELLED);
  }

  /** Before its first chunk a backfill learns from the one whose size is nearest. */
  @Test
  public void theBackfillWithTheNearestTotalIsSimilar() {
    BackfillId alone = store.register(KEY, "manual").id();
    assertThat(store.similarChunks(alone, Total.exact(1_000), 10)).isEmpty();
    List<CommittedChunk> small = commit("owner/small", KEY.source(), Total.exact(100), 1);
    List<CommittedChunk> large = commit("owner/large", KEY.source(), Total.estimate(9_000), 3);
    List<CommittedChunk> latest = commit("owner/unknown", KEY.source(), Total.UNKNOWN, 2);
    commit("owner/other", "test:others", Total.exact(1_000), 1);
    store.register(new BackfillKey(KEY.source(), "owner/nothing"), "manual");
    if (!looksForSimilar()) {
      assertThat(store.similarChunks(alone, Total.exact(1_000), 10)).isEmpty();
      return;
    }

    assertThat(store.similarChunks(alone, Total.exact(1_000), 10))
        .as("9 times as many are nearer than a tenth")
        .isEqualTo(large);
    assertThat(store.similarChunks(alone, Total.estimate(900), 10)).isEqualTo(small);
    assertThat(store.similarChunks(alone, Total.exact(1_000), 2))
        .as("the latest ones")
        .isEqualTo(large.subList(1, 3));
    assertThat(store.similarChunks(alone, Total.UNKNOWN, 10))
        .as("nothing is known, so the one that was worked on last")
        .isEqualTo(latest);
    BackfillId id = store.find(new BackfillKey(KEY.source(), "owner/large")).orElseThrow().id();
    assertThat(store.similarChunks(id, Total.exact(9_000), 10))
        .as("never its own")
        .isEqualTo(small);
  }

  /**
   * Whether the store implements {@link ProgressStore#similarChunks}; it need not.
   *
   * @return true unless overridden
   */
  protected boolean looksForSimilar() {
    return true;
  }

  private List<CommittedChunk> commit(String target, String source, Total total, int chunks) {
    BackfillId id = store.register(new BackfillKey(source, target), "manual").id();
    Lease lease = ((Claim.Granted) store.claim(id, claimant("worker"))).lease();
    for (int number = 1; number <= chunks; number++) {
      ChunkCommit<String> chunk = chunk(number, target + number);
      store.commit(
          lease,
          new ChunkCommit<>(
              number, chunk.attemptId(), chunk.before(), chunk.chunk(), chunk.measures(), total),
          new RecordingSink());
    }
    return store.chunks(id, 1, 10);
  }

  /** What is complete is complete, whatever was asked meanwhile. */
  @Test
  public void aCompletionWinsOverARequest() {
    Lease lease = claim("worker");
    store.control(lease.backfill(), Control.PAUSE);

    assertThat(store.release(lease, LeaseRelease.as(BackfillStatus.COMPLETED)).state().status())
        .isEqualTo(BackfillStatus.COMPLETED);
  }

  private boolean leaveIn(BackfillId id, BackfillStatus status) {
    switch (status) {
      case RUNNING, PAUSING, CANCELLING -> {
        return false;
      }
      case WAITING -> leave(id, LeaseRelease.waiting(LATER, "quota"));
      case FAILED -> leave(id, LeaseRelease.failed("The token is wrong."));
      default -> leave(id, new LeaseRelease(status, null, null, null));
    }
    return true;
  }

  private void leave(BackfillId id, LeaseRelease release) {
    store.release(((Claim.Granted) store.claim(id, claimant("worker"))).lease(), release);
  }

  private interface Work<R> {
    R by(int worker) throws Exception;
  }

  private static <R> List<R> atOnce(int workers, Work<R> work) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(workers);
    try {
      CyclicBarrier start = new CyclicBarrier(workers);
      List<Future<R>> futures = new ArrayList<>();
      for (int worker = 0; worker < workers; worker++) {
        int number = worker;
        futures.add(
            executor.submit(
                () -> {
                  start.await();
                  return work.by(number);
                }));
      }
      List<R> results = new ArrayList<>();
      for (Future<R> future : futures) {
        results.add(future.get());
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }
}
