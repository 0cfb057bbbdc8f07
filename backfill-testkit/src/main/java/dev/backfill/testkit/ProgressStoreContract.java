package dev.backfill.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Pruned;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import dev.backfill.api.store.Transition;
import dev.backfill.api.store.Transition.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.groups.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The contract of {@link ProgressStore}, as JUnit tests. A subclass provides a new store for each
 * test and a way to expire a lease; JUnit then runs all groups.
 */
public abstract class ProgressStoreContract {

  /** The key of the backfill that the tests register. */
  protected static final BackfillKey KEY = new BackfillKey("test:items", "owner/name");

  /** The duration of the tests' leases, which is longer than any test runs. */
  protected static final Duration TIME_TO_LIVE = Duration.ofMinutes(5);

  private static final Instant STARTED = Instant.parse("2026-01-01T00:00:00Z");

  private static final Instant LATER = Instant.parse("2040-01-01T00:00:00Z");

  private static final LeaseRequest WORKER = new LeaseRequest("worker", "test", TIME_TO_LIVE);
  private static final Set<String> SOURCES = Set.of(KEY.source());

  /** The store under test. */
  protected ProgressStore store;

  /** For subclasses. */
  protected ProgressStoreContract() {}

  /**
   * Creates the store under test; called once before each test.
   *
   * @return a store without any backfill
   * @throws Exception if the store cannot be created
   */
  protected abstract ProgressStore store() throws Exception;

  /**
   * Expires the current lease of a backfill by the store's clock, and changes nothing else.
   *
   * @param id the backfill
   * @throws Exception if the lease cannot be expired
   */
  protected abstract void expireLease(BackfillId id) throws Exception;

  /**
   * Returns true if the store implements {@link ProgressStore#similarChunks}, which is optional.
   *
   * @return true unless overridden
   */
  protected boolean looksForSimilar() {
    return true;
  }

  /**
   * Opens a fresh store.
   *
   * @throws Exception if the store cannot be created
   */
  @BeforeEach
  public void openTheStore() throws Exception {
    store = store();
  }

  /** Registration of backfills, once for each key. */
  @Nested
  public class Registration {

    /** The store returns the existing backfill, unchanged, if a caller registers its key again. */
    @Test
    public void registeringIsIdempotent() {
      Backfill first = store.register(KEY, "manual");
      Backfill second = store.register(KEY, "scheduled");

      assertThat(second).isEqualTo(first);
      assertThat(first.key()).isEqualTo(KEY);
      assertThat(first)
          .isEqualTo(
              Backfill.builder(first.id(), KEY, "manual", first.createdAt())
                  .updatedAt(first.updatedAt())
                  .build());
      assertThat(first.status()).isEqualTo(BackfillStatus.PENDING);
      assertThat(first.phase()).isEqualTo(Phase.HISTORY);
      assertThat(first)
          .extracting(
              Backfill::cursor,
              Backfill::nextChunkNumber,
              Backfill::chunkSize,
              Backfill::verifyCursor)
          .containsExactly(Cursor.START, 1L, 0, Cursor.START);
      assertThat(first.counters()).isEqualTo(new Backfill.Counters(Total.UNKNOWN, 0, 0));
      assertThat(first.holder()).isNull();
      assertThat(first.startedAt()).isNull();
      assertThat(first.completedAt()).isNull();
    }

    /** The store creates one backfill if eight callers register the same key at once. */
    @Test
    public void registeringAtOnceMakesOneBackfill() throws Exception {
      assertThat(Set.copyOf(atOnce(8, worker -> store.register(KEY, "manual").id()))).hasSize(1);
      assertThat(store.list()).hasSize(1);
    }

    /** The store finds a registered backfill by its key and by its number, and lists it. */
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

    /** The store throws IllegalArgumentException for a number that it never assigned. */
    @Test
    public void anUnknownNumberIsRefused() {
      BackfillId unknown = new BackfillId(987654321);
      assertThatThrownBy(() -> store.get(unknown)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.claim(unknown, leaseRequest("worker")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.control(unknown, Control.PAUSE))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** Claims, renewals, take-overs and releases of leases, under growing fences. */
  @Nested
  public class Leases {

    /** The store grants each lease with a greater fence than all leases before it. */
    @Test
    public void everyClaimRaisesTheFence() {
      Lease first = claim("worker");
      store.release(first, LeaseRelease.moreToDo());
      Lease second = claim("worker");

      assertThat(second.fence()).isGreaterThan(first.fence());
      assertThat(second.owner()).isEqualTo("worker");
      assertThat(second.timeToLive()).isEqualTo(TIME_TO_LIVE);
      Backfill backfill = store.get(second.backfill());
      assertThat(backfill.status()).isEqualTo(BackfillStatus.RUNNING);
      assertThat(backfill.startedAt()).isNotNull();
    }

    /**
     * The store refuses a claim while another worker's lease is unexpired, and names the holder.
     */
    @Test
    public void aLiveLeaseIsHeld() {
      Lease lease = claim("worker");

      Claim claim = store.claim(lease.backfill(), leaseRequest("other"));

      assertThat(claim).matches(Claim::isHeld);
      assertThat(claim.backfill().holder()).isEqualTo("worker");
      assertThat(claim.backfill().leaseExpiresAt()).isNotNull();
      assertThat(claim.backfill().leaseExpired()).isFalse();
      assertThat(claim.backfill().isHeld()).isTrue();
      assertThat(store.renew(lease)).isEqualTo(BackfillStatus.RUNNING);
    }

    /**
     * The store replaces a worker that does not renew its lease. The old lease then gives no right,
     * even if the new holder has the same name.
     */
    @Test
    public void anExpiredLeaseIsGrantedAgain() throws Exception {
      Lease old = claim("worker");
      expireLease(old.backfill());
      Backfill expired = store.get(old.backfill());
      assertThat(expired.holder()).isEqualTo("worker");
      assertThat(expired.leaseExpired()).isTrue();
      assertThat(expired.isHeld()).isFalse();

      Lease current = claim("worker");

      assertThat(current.fence()).isGreaterThan(old.fence());
      assertThatThrownBy(() -> store.renew(old)).isInstanceOf(LeaseLostException.class);
      assertThatThrownBy(() -> store.recordFailure(old, "x"))
          .isInstanceOf(LeaseLostException.class);
      assertThatThrownBy(() -> store.rewind(old)).isInstanceOf(LeaseLostException.class);
      assertThatThrownBy(() -> store.release(old, LeaseRelease.moreToDo()))
          .isInstanceOf(LeaseLostException.class);
      assertThat(store.renew(current)).isEqualTo(BackfillStatus.RUNNING);
    }

    /** The store renews an expired lease that no other worker has claimed. */
    @Test
    public void renewingMakesTheLeaseLast() throws Exception {
      Lease lease = claim("worker");
      expireLease(lease.backfill());

      store.renew(lease);

      assertThat(store.claim(lease.backfill(), leaseRequest("other"))).matches(Claim::isHeld);
    }

    /**
     * The store replaces exactly the holder that the caller knows to be dead, before its lease
     * expires.
     */
    @Test
    public void exactlyTheDeadOwnerIsReplacedAtOnce() {
      Lease dead = claim("dead");

      assertThat(store.claim(dead.backfill(), leaseRequest("worker").replacing("another worker")))
          .matches(Claim::isHeld);
      Claim claim = store.claim(dead.backfill(), leaseRequest("worker").replacing("dead"));

      assertThat(claim).matches(Claim::isGranted);
      assertThat(claim.lease().fence()).isGreaterThan(dead.fence());
      assertThat(store.claim(dead.backfill(), leaseRequest("third").replacing("dead")))
          .matches(Claim::isHeld);
    }

    /** The store grants one lease if eight workers claim a backfill at once. */
    @Test
    public void ofEightThatClaimAtOnceOneIsGranted() throws Exception {
      BackfillId id = store.register(KEY, "manual").id();

      List<Claim> claims = atOnce(8, worker -> store.claim(id, leaseRequest("worker " + worker)));

      assertThat(claims).filteredOn(Claim::isGranted).hasSize(1);
      assertThat(claims).filteredOn(Claim::isHeld).hasSize(7);
    }

    /** The store ends a backfill's wait if a worker claims it. */
    @Test
    public void aClaimEndsTheWait() {
      store.release(claim("worker"), LeaseRelease.waiting(LATER, "quota"));
      Decision.Wait waiting = store.get(store.register(KEY, "manual").id()).waiting();
      assertThat(waiting).isEqualTo(new Decision.Wait(LATER, "quota"));

      assertThat(store.get(claim("worker").backfill()).waiting()).isNull();
    }

    /** The store leaves a released backfill in the status that the worker names. */
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
        assertThat(after.status()).isEqualTo(release.status());
        assertThat(after.waiting()).isEqualTo(release.waiting());
        assertThat(after.holder()).isNull();
        if (release.error() != null) {
          assertThat(after.lastError()).isEqualTo(release.error());
        }
        if (release.status().isCompleted()) {
          assertThat(after.completedAt()).isNotNull();
        }
        store.control(lease.backfill(), Control.RESUME);
      }
    }

    /**
     * The store counts a failed release as a failure, and resets the count if the backfill
     * completes.
     */
    @Test
    public void aFailedReleaseCountsAsAFailureUntilTheBackfillCompletes() {
      Lease first = claim("worker");
      Backfill failed = store.release(first, LeaseRelease.failed("It is not there."));
      assertThat(failed.consecutiveFailures()).isEqualTo(1);
      assertThat(failed.lastError()).isEqualTo("It is not there.");

      Lease second = claim("worker");
      Backfill completed = store.release(second, LeaseRelease.as(BackfillStatus.COMPLETED));
      assertThat(completed.consecutiveFailures()).isZero();
      assertThat(completed.lastError()).isNull();
    }

    /** The store adds up failures until a worker commits a chunk. */
    @Test
    public void failuresAreCounted() {
      Lease lease = claim("worker");
      store.recordFailure(lease, "The first.");
      store.recordFailure(lease, "The second.");
      store.release(lease, LeaseRelease.waiting(LATER, "trying again"));

      Backfill backfill = store.get(claim("worker").backfill());

      assertThat(backfill.consecutiveFailures()).isEqualTo(2);
      assertThat(backfill.lastError()).isEqualTo("The second.");
    }
  }

  /** Claims of any due backfill, each granted once. */
  @Nested
  public class DueWork {

    /**
     * The store grants due backfills once each, and begins with the one that has waited longest.
     */
    @Test
    public void whatIsDueIsClaimedTheLongestRestedFirst() {
      BackfillId first = register("owner/first");
      BackfillId second = register("owner/second");

      assertThat(claimNext()).contains(first);
      assertThat(claimNext()).contains(second);
      assertThat(claimNext()).isEmpty();
      assertThat(store.get(first).status()).isEqualTo(BackfillStatus.RUNNING);
    }

    /** The store grants a worker only backfills of the sources that it names. */
    @Test
    public void aSourceThatTheWorkerDoesNotHaveIsPassedOver() {
      register("owner/name");

      assertThat(store.claimNext(WORKER, Set.of("test:others"))).isEmpty();
      assertThat(store.claimNext(WORKER, Set.of("test:others", KEY.source()))).isPresent();
    }

    /** The store ends a wait by its own clock. */
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

    /**
     * The store grants a dead worker's backfill once its lease has expired, and records the dead
     * worker.
     */
    @Test
    public void aDeadWorkersBackfillIsDueOnceItsLeaseHasExpired() throws Exception {
      Lease dead = claim("dead");
      assertThat(claimNext()).isEmpty();
      expireLease(dead.backfill());

      Optional<Claim> taken = store.claimNext(WORKER, SOURCES);

      assertThat(taken).map(granted -> granted.lease().fence()).contains(dead.fence() + 1);
      assertThat(last(dead.backfill()).reason()).contains("dead");
    }

    /**
     * The store grants no backfill that is paused, complete or failed, even if its worker is dead.
     */
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

    /** The store grants eight workers that ask at once different backfills, and forgets none. */
    @Test
    public void ofEightThatAskAtOnceEachGetsAnother() throws Exception {
      for (int i = 0; i < 8; i++) {
        register("owner/name" + i);
      }
      ExecutorService workers = Executors.newFixedThreadPool(8);
      try {
        List<Callable<Optional<Claim>>> claims = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          LeaseRequest request = new LeaseRequest("worker " + i, "test", TIME_TO_LIVE);
          claims.add(() -> store.claimNext(request, SOURCES));
        }
        Set<BackfillId> given = new HashSet<>();
        int grants = 0;
        for (Future<Optional<Claim>> claim : workers.invokeAll(claims)) {
          Optional<Claim> granted = claim.get();
          if (granted.isPresent()) {
            grants++;
            given.add(granted.get().lease().backfill());
          }
        }
        assertThat(given).as("none is granted twice").hasSize(grants);
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

    private Optional<BackfillId> claimNext() {
      return store.claimNext(WORKER, SOURCES).map(granted -> granted.lease().backfill());
    }
  }

  /** Requests to pause, resume and cancel. */
  @Nested
  public class Requests {

    /** The store refuses claims of a paused or cancelled backfill until a user resumes it. */
    @Test
    public void whatIsPausedOrCancelledIsRefused() {
      BackfillId id = store.register(KEY, "manual").id();
      for (Control control : List.of(Control.PAUSE, Control.CANCEL)) {
        BackfillStatus status = store.control(id, control).status();
        Claim claim = store.claim(id, leaseRequest("worker"));
        assertRefused(claim);
        assertThat(claim.backfill().status()).isEqualTo(status);
      }
      store.control(id, Control.RESUME);
      assertThat(store.claim(id, leaseRequest("worker"))).matches(Claim::isGranted);
    }

    /** The store refuses claims while a living worker has yet to carry out a request. */
    @Test
    public void whatIsToBePausedOrCancelledIsRefused() {
      Lease lease = claim("worker");
      for (Control control : List.of(Control.PAUSE, Control.CANCEL)) {
        BackfillStatus status = store.control(lease.backfill(), control).status();
        Claim claim = store.claim(lease.backfill(), leaseRequest("other"));
        assertRefused(claim);
        assertThat(claim.backfill().status()).isEqualTo(status);
        assertThat(claim.backfill().holder()).isEqualTo("worker");
      }
      store.control(lease.backfill(), Control.RESUME);
      assertThat(store.claim(lease.backfill(), leaseRequest("other"))).matches(Claim::isHeld);
    }

    /**
     * The store carries out a request to a dead worker when the next worker claims the backfill.
     */
    @Test
    public void aRequestToADeadWorkerIsCarriedOut() throws Exception {
      Lease lease = claim("dead");
      store.control(lease.backfill(), Control.PAUSE);
      expireLease(lease.backfill());

      Claim claim = store.claim(lease.backfill(), leaseRequest("worker"));

      assertRefused(claim);
      assertThat(claim.backfill().status()).isEqualTo(BackfillStatus.PAUSED);
      assertThat(store.get(lease.backfill()).status()).isEqualTo(BackfillStatus.PAUSED);
    }

    private void assertRefused(Claim claim) {
      assertThat(claim.isGranted()).isFalse();
      assertThat(claim.isHeld()).isFalse();
      assertThatThrownBy(claim::lease).isInstanceOf(IllegalStateException.class);
    }

    /**
     * The store applies a request as {@link BackfillStatus#after} states, while there is no lease.
     */
    @Test
    public void aRequestWithoutALeaseFollowsTheRule() {
      for (BackfillStatus from : EnumSet.allOf(BackfillStatus.class)) {
        for (Control control : Control.values()) {
          BackfillKey key = new BackfillKey("test:" + from + control, "owner/name");
          BackfillId id = store.register(key, "manual").id();
          if (leaveIn(id, from)) {
            Backfill after = store.control(id, control);
            assertThat(after.status())
                .as("%s after %s", from, control)
                .isEqualTo(from.after(control, false));
            assertThat(after).isEqualTo(store.get(id));
            assertThat(after.waiting() != null).isEqualTo(after.status() == BackfillStatus.WAITING);
          }
        }
      }
    }

    /**
     * The store applies a request as {@link BackfillStatus#after} states, while a worker holds a
     * lease.
     */
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
        assertThat(store.control(id, request).status())
            .as("%s after %s", status, request)
            .isEqualTo(expected);
        status = expected;
      }
    }

    /**
     * The store returns a pending request when the worker renews, and carries it out when the
     * worker releases.
     */
    @Test
    public void aRequestWinsAtTheRelease() {
      Lease lease = claim("worker");
      store.control(lease.backfill(), Control.PAUSE);
      assertThat(store.renew(lease)).isEqualTo(BackfillStatus.PAUSING);
      Backfill paused = store.release(lease, LeaseRelease.waiting(LATER, "quota"));
      assertThat(paused.status()).isEqualTo(BackfillStatus.PAUSED);
      assertThat(paused.waiting()).isNull();

      store.control(lease.backfill(), Control.RESUME);
      Lease second = claim("worker");
      store.control(lease.backfill(), Control.CANCEL);
      assertThat(store.renew(second)).isEqualTo(BackfillStatus.CANCELLING);
      assertThat(store.release(second, LeaseRelease.moreToDo()).status())
          .isEqualTo(BackfillStatus.CANCELLED);
    }

    /** The store keeps a completion, even if a user made a request before it. */
    @Test
    public void aCompletionWinsOverARequest() {
      Lease lease = claim("worker");
      store.control(lease.backfill(), Control.PAUSE);

      assertThat(store.release(lease, LeaseRelease.as(BackfillStatus.COMPLETED)).status())
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
      store.release(store.claim(id, leaseRequest("worker")).lease(), release);
    }
  }

  /** Commits of chunks: whole, in sequence, once, and only under the newest fence. */
  @Nested
  public class Commits {

    /** The store moves the cursor, the counters and the next number together. */
    @Test
    public void aCommitMovesCursorCountersAndNextNumber() {
      Lease lease = claim("worker");
      RecordingSink sink = new RecordingSink(new SinkCounts(1, 1));

      CommitResult result = store.commit(lease, chunk(1, "a", "b"), sink);

      assertThat(result)
          .isEqualTo(
              new CommitResult(
                  new SinkCounts(1, 1),
                  BackfillStatus.RUNNING,
                  new Backfill.Counters(Total.exact(100), 2, 0)));
      Backfill after = store.get(lease.backfill());
      assertThat(after)
          .extracting(
              Backfill::cursor,
              Backfill::nextChunkNumber,
              Backfill::chunkSize,
              Backfill::verifyCursor)
          .containsExactly(new Cursor("after 1"), 2L, 25, Cursor.START);
      assertThat(after.counters()).isEqualTo(new Backfill.Counters(Total.exact(100), 2, 0));
      store.commit(lease, chunk(2, "c"), sink);
      assertThat(store.get(lease.backfill()).counters().processed()).isEqualTo(3);
    }

    /** The store replaces the total with the newest one, of any kind. */
    @Test
    public void aCommitKeepsTheNewestTotal() {
      Lease lease = claim("worker");
      for (Total total : List.of(Total.estimate(300), Total.UNKNOWN, Total.exact(0))) {
        long number = store.get(lease.backfill()).nextChunkNumber();
        ChunkCommit<String> chunk = chunk(number, "item " + number);
        store.commit(lease, chunk.withTotal(total), new RecordingSink());
        assertThat(store.get(lease.backfill()).counters().total()).isEqualTo(total);
      }
    }

    /** The store renews an expired lease by a commit, if no other worker has claimed it. */
    @Test
    public void aCommitRenewsTheLease() throws Exception {
      Lease lease = claim("worker");
      expireLease(lease.backfill());

      store.commit(lease, chunk(1, "a"), new RecordingSink());

      assertThat(store.get(lease.backfill()).isHeld()).isTrue();
      assertThat(store.claim(lease.backfill(), leaseRequest("other"))).matches(Claim::isHeld);
    }

    /** The store counts failures from the last committed chunk. */
    @Test
    public void aCommitResetsTheFailures() {
      Lease lease = claim("worker");
      store.recordFailure(lease, "The network was down.");

      store.commit(lease, chunk(1, "a"), new RecordingSink());

      Backfill backfill = store.get(lease.backfill());
      assertThat(backfill.consecutiveFailures()).isZero();
      assertThat(backfill.lastError()).isNull();
    }

    /** The store returns committed chunks with their measures, attempt, worker and fence. */
    @Test
    public void chunksAreKeptWithEverythingAboutThem() {
      Lease lease = claim("worker");
      ChunkCommit<String> first = chunk(1, "a", "b");
      ChunkCommit<String> second =
          new ChunkCommit<>(
              2,
              UUID.randomUUID(),
              new Cursor("after 1"),
              new Chunk<>(List.of("c"), List.of(rejected("7")), new Cursor("after 2"), true, 3),
              new Decision.Proceed(50, 0, "plenty"),
              null,
              Duration.ofMillis(77),
              STARTED,
              Total.exact(4));
      store.commit(lease, first, new RecordingSink(new SinkCounts(2, 0)));
      store.commit(lease, second, new RecordingSink(new SinkCounts(0, 1)));

      List<CommittedChunk> chunks = store.chunks(lease.backfill(), 1, 10);

      assertThat(chunks).extracting(CommittedChunk::number).containsExactly(1L, 2L);
      assertThat(chunks)
          .extracting(CommittedChunk::attemptId)
          .containsExactly(first.attemptId(), second.attemptId());
      assertThat(chunks)
          .extracting(
              CommittedChunk::items,
              CommittedChunk::inserted,
              CommittedChunk::updated,
              CommittedChunk::quarantined)
          .containsExactly(Tuple.tuple(2, 2, 0, 0), Tuple.tuple(1, 0, 1, 1));
      assertThat(chunks)
          .extracting(
              CommittedChunk::requestedSize,
              CommittedChunk::sizeReason,
              CommittedChunk::sizeBasis,
              CommittedChunk::quotaSpent,
              CommittedChunk::quotaRemaining,
              CommittedChunk::active,
              CommittedChunk::startedAt)
          .containsExactly(
              Tuple.tuple(
                  25,
                  "the rule",
                  "what the rule saw",
                  1L,
                  4999L,
                  Duration.ofMillis(20),
                  first.startedAt()),
              Tuple.tuple(50, "plenty", null, 3L, null, Duration.ofMillis(77), second.startedAt()));
      assertThat(chunks.get(0).before()).isEqualTo(Cursor.START);
      assertThat(chunks.get(1).before()).isEqualTo(new Cursor("after 1"));
      assertThat(chunks.get(1).after()).isEqualTo(new Cursor("after 2"));
      assertThat(chunks.get(1).worker()).isEqualTo("worker");
      assertThat(chunks.get(1).fence()).isEqualTo(lease.fence());
      assertThat(store.chunks(lease.backfill(), 2, 10)).containsExactly(chunks.get(1));
      assertThat(store.chunks(lease.backfill(), 1, 1)).containsExactly(chunks.get(0));
    }

    /** The store refuses a commit under an older fence, even if the worker's name is the same. */
    @Test
    public void anOlderFenceCommitsNothing() throws Exception {
      Lease old = claim("worker");
      store.commit(old, chunk(1, "a"), new RecordingSink());
      expireLease(old.backfill());
      Lease current = claim("worker");
      RecordingSink sink = new RecordingSink();
      Backfill before = store.get(old.backfill());

      assertThatThrownBy(() -> store.commit(old, chunk(2, "b"), sink))
          .isInstanceOf(LeaseLostException.class);

      assertThat(sink.received()).isEmpty();
      assertThat(store.get(old.backfill())).isEqualTo(before);
      store.commit(current, chunk(2, "b"), sink);
      assertThat(sink.received()).containsExactly("b");
    }

    /** The store refuses a commit under a lease that the worker has released. */
    @Test
    public void aLeaseThatWasGivenBackCommitsNothing() {
      Lease lease = claim("worker");
      store.release(lease, LeaseRelease.moreToDo());

      assertThatThrownBy(() -> store.commit(lease, chunk(1, "a"), new RecordingSink()))
          .isInstanceOf(LeaseLostException.class);
      assertThat(store.chunks(lease.backfill(), 1, 10)).isEmpty();
    }

    /** The store refuses a chunk number that is not the next one. */
    @Test
    public void aNumberThatIsNotTheNextIsRefused() {
      Lease lease = claim("worker");
      store.commit(lease, chunk(1, "a"), new RecordingSink());

      for (long wrong : new long[] {1, 3}) {
        assertThatThrownBy(() -> store.commit(lease, chunk(wrong, "x"), new RecordingSink()))
            .satisfies(Commits::isOutOfSequence);
      }
      assertThat(store.chunks(lease.backfill(), 1, 10)).hasSize(1);
      assertThat(store.get(lease.backfill()).counters().processed()).isEqualTo(1);
    }

    /**
     * The store refuses a chunk that does not begin at its cursor. A late call of the worker itself
     * may have moved the cursor.
     */
    @Test
    public void aChunkThatBeginsElsewhereIsRefused() {
      Lease lease = claim("worker");
      store.commit(lease, chunk(1, "a"), new RecordingSink());
      store.rewind(lease);

      assertThatThrownBy(() -> store.commit(lease, chunk(2, "x"), new RecordingSink()))
          .satisfies(Commits::isOutOfSequence);
      assertThat(store.get(lease.backfill()).cursor()).isEqualTo(Cursor.START);
    }

    private static void isOutOfSequence(Throwable failure) {
      assertThat(failure)
          .isInstanceOfSatisfying(
              PermanentFailureException.class,
              refused ->
                  assertThat(refused.reason())
                      .isEqualTo(PermanentFailureException.Reason.OUT_OF_SEQUENCE));
    }

    /** The store finds a repeated attempt, stores nothing twice and returns the first result. */
    @Test
    public void anAttemptThatIsRepeatedStoresNothingTwice() {
      Lease lease = claim("worker");
      ChunkCommit<String> chunk = chunk(1, "a", "b");
      RecordingSink sink = new RecordingSink(new SinkCounts(1, 1));
      CommitResult first = store.commit(lease, chunk, sink);

      CommitResult second = store.commit(lease, chunk, sink);

      assertThat(second).isEqualTo(first);
      assertThat(sink.received()).containsExactly("a", "b");
      assertThat(store.chunks(lease.backfill(), 1, 10)).hasSize(1);
      assertThat(store.get(lease.backfill()).counters().processed()).isEqualTo(2);
    }

    /** The store finds a repeated attempt that it stored before another worker took over. */
    @Test
    public void anAttemptThatIsRepeatedAfterATakeOverIsFound() throws Exception {
      Lease old = claim("first");
      ChunkCommit<String> chunk = chunk(1, "a");
      CommitResult first = store.commit(old, chunk, new RecordingSink(new SinkCounts(1, 0)));
      expireLease(old.backfill());
      Lease current = claim("second");
      store.commit(current, chunk(2, "b"), new RecordingSink());

      CommitResult again = store.commit(old, chunk, new RecordingSink());

      assertThat(again.counts()).isEqualTo(first.counts());
      assertThat(store.chunks(old.backfill(), 1, 10)).hasSize(2);
    }

    /** The store keeps nothing of a chunk whose sink fails, and accepts its number afterwards. */
    @Test
    public void aFailingSinkStoresNothing() {
      Lease lease = claim("worker");
      Backfill before = store.get(lease.backfill());
      ChunkCommit<String> chunk = withRejected(chunk(1, "a"), rejected("7"));

      assertThatThrownBy(
              () ->
                  store.commit(
                      lease,
                      chunk,
                      (items, transaction) -> {
                        throw new IllegalArgumentException("no");
                      }))
          .isInstanceOf(RuntimeException.class);
      PoisonItemException poison = new PoisonItemException("The title is too long.", null);
      assertThatThrownBy(
              () ->
                  store.commit(
                      lease,
                      chunk,
                      (items, transaction) -> {
                        throw poison;
                      }))
          .isSameAs(poison);

      assertThat(store.get(lease.backfill())).isEqualTo(before);
      assertThat(store.chunks(lease.backfill(), 1, 10)).isEmpty();
      assertThat(store.quarantined(lease.backfill(), 10)).isEmpty();
      store.commit(lease, chunk, new RecordingSink());
      assertThat(store.chunks(lease.backfill(), 1, 10)).hasSize(1);
    }

    /** The store passes on the sink's result of a trial write, and rolls everything back. */
    @Test
    public void aRehearsalChangesNothingInTheStore() {
      Lease lease = claim("worker");
      store.commit(lease, chunk(1, "a"), new RecordingSink());
      Backfill before = store.get(lease.backfill());
      RecordingSink sink = new RecordingSink();

      store.tryWrite(lease, List.of("b", "c"), sink);
      assertThat(sink.received()).containsExactly("b", "c");
      PoisonItemException poison = new PoisonItemException("The title is too long.", null);
      assertThatThrownBy(
              () ->
                  store.tryWrite(
                      lease,
                      List.of("b"),
                      (items, transaction) -> {
                        throw poison;
                      }))
          .isSameAs(poison);

      assertThat(store.get(lease.backfill())).isEqualTo(before);
      assertThat(store.chunks(lease.backfill(), 1, 10)).hasSize(1);
    }

    /**
     * The store passes items to the sink in order, so that the newest copy of an item comes last.
     */
    @Test
    public void theSinkGetsTheItemsInOrder() {
      Lease lease = claim("worker");
      RecordingSink sink = new RecordingSink();

      store.commit(lease, chunk(1, "b", "a", "c", "a"), sink);

      assertThat(sink.received()).containsExactly("b", "a", "c", "a");
    }

    /** The store moves the cursor for a chunk without items, and does not call the sink. */
    @Test
    public void aChunkWithoutItemsDoesNotCallTheSink() {
      Lease lease = claim("worker");

      CommitResult result =
          store.commit(
              lease,
              withRejected(chunk(1), rejected("7")),
              (Sink<String>)
                  (items, transaction) -> {
                    throw new AssertionError("called with " + items);
                  });
      store.commit(
          lease,
          chunk(2),
          (items, transaction) -> {
            throw new AssertionError("called with " + items);
          });

      assertThat(result.counts()).isEqualTo(SinkCounts.NONE);
      Backfill after = store.get(lease.backfill());
      assertThat(after.counters()).isEqualTo(new Backfill.Counters(Total.exact(100), 1, 1));
      assertThat(after.cursor()).isEqualTo(new Cursor("after 2"));
    }

    /** The store returns a pending request to the worker with the next commit. */
    @Test
    public void aRequestShowsInTheResultOfACommit() {
      Lease lease = claim("worker");
      store.control(lease.backfill(), Control.PAUSE);

      assertThat(store.commit(lease, chunk(1, "a"), new RecordingSink()).status())
          .isEqualTo(BackfillStatus.PAUSING);
    }
  }

  /** Counters and totals when items are read again. */
  @Nested
  public class Counters {

    /**
     * The store counts an item of a catch-up only if the sink inserted it, and sets the exact
     * total.
     */
    @Test
    public void aCatchUpCountsOnlyWhatIsNew() {
      Lease lease = claim("worker");
      store.commit(lease, chunk(1, "a", "b", "c"), inserting(3));

      CommitResult result =
          store.commit(lease, again(2, Phase.CATCH_UP, "b", "c", "new"), inserting(1));

      assertThat(result.counters()).isEqualTo(new Backfill.Counters(Total.exact(4), 4, 0));
      assertStored(lease, result.counters());
      assertThat(store.get(lease.backfill()).phase()).isEqualTo(Phase.CATCH_UP);
    }

    /** The store sets an exact total if a catch-up finds nothing new. */
    @Test
    public void anEmptyChunkOfACatchUpMakesTheTotalExact() {
      Lease lease = claim("worker");
      store.commit(lease, chunk(1, "a", "b").withTotal(Total.estimate(100)), inserting(2));

      CommitResult result = store.commit(lease, again(2, Phase.CATCH_UP), inserting(0));

      assertThat(result.counters()).isEqualTo(new Backfill.Counters(Total.exact(2), 2, 0));
      assertStored(lease, result.counters());
    }

    /** The store keeps the total in a retry, but never below the number of processed items. */
    @Test
    public void aRetryLeavesTheTotalUnlessItIsTooSmall() {
      Lease lease = claim("worker");
      store.commit(lease, chunk(1, "a").withTotal(Total.estimate(2)), inserting(1));

      assertThat(store.commit(lease, again(2, Phase.RETRY, "b"), inserting(1)).counters().total())
          .isEqualTo(Total.estimate(2));
      CommitResult result = store.commit(lease, again(3, Phase.RETRY, "c"), inserting(1));

      assertThat(result.counters()).isEqualTo(new Backfill.Counters(Total.estimate(3), 3, 0));
      assertStored(lease, result.counters());
    }

    /**
     * The store replaces the number of processed items by a count, and keeps the total unless it is
     * smaller. A missing item thus stays visible.
     */
    @Test
    public void aRecountReplacesWhatWasAddedUp() {
      Lease lease = claim("worker");
      store.commit(
          lease,
          withRejected(chunk(1, "a", "b"), rejected("7")).withTotal(Total.exact(3)),
          inserting(2));

      Backfill.Counters fewer = store.recount(lease, OptionalLong.of(1));

      assertThat(fewer).isEqualTo(new Backfill.Counters(Total.exact(3), 1, 1));
      assertStored(lease, fewer);
      Backfill.Counters more = store.recount(lease, OptionalLong.of(5));
      assertThat(more).isEqualTo(new Backfill.Counters(Total.exact(5), 5, 1));
      assertStored(lease, more);
      assertThat(store.recount(lease, OptionalLong.empty())).isEqualTo(more);
    }

    /** The store refuses a recount under a lease that the worker no longer holds. */
    @Test
    public void aRecountNeedsTheLease() {
      Lease lease = claim("worker");
      store.release(lease, LeaseRelease.moreToDo());
      claim("other");

      assertThatThrownBy(() -> store.recount(lease, OptionalLong.of(1)))
          .isInstanceOf(LeaseLostException.class);
      assertThat(store.get(lease.backfill()).counters().processed()).isZero();
    }
  }

  /** The quarantine of items that cannot be stored. */
  @Nested
  public class Quarantine {

    /** The store keeps a rejected item once, with its newest error and its number of attempts. */
    @Test
    public void rejectedItemsAreKeptWithTheirAttempts() {
      Lease lease = claim("worker");
      RejectedItem again = new RejectedItem("7", "Still too long.", "{\"n\":7}");
      store.commit(
          lease, withRejected(chunk(1, "a"), rejected("7"), rejected("8")), new RecordingSink());
      store.commit(lease, withRejected(chunk(2, "b"), again), new RecordingSink());

      List<QuarantinedItem> items = store.quarantined(lease.backfill(), 10);

      assertThat(items).extracting(QuarantinedItem::item).containsExactly(again, rejected("8"));
      assertThat(items).extracting(QuarantinedItem::attempts).containsExactly(2, 1);
      assertThat(items.get(0).lastSeenAt()).isAfterOrEqualTo(items.get(0).firstSeenAt());
      assertThat(store.quarantined(lease.backfill(), 1)).containsExactly(items.get(0));
      assertThat(store.get(lease.backfill()).counters().quarantined()).isEqualTo(2);
    }

    /** The store counts an item that a catch-up rejects once, as an item in quarantine. */
    @Test
    public void anItemThatACatchUpRejectsCountsOnce() {
      Lease lease = claim("worker");
      store.commit(lease, withRejected(chunk(1, "a"), rejected("7")), inserting(1));

      CommitResult result =
          store.commit(
              lease,
              withRejected(again(2, Phase.CATCH_UP, "a"), rejected("7"), rejected("8")),
              inserting(0));

      assertThat(result.counters()).isEqualTo(new Backfill.Counters(Total.exact(3), 3, 2));
      assertStored(lease, result.counters());
    }

    /** The store removes a stored item from quarantine, and does not count it a second time. */
    @Test
    public void aStoredItemLeavesTheQuarantine() {
      Lease lease = claim("worker");
      store.commit(lease, withRejected(chunk(1, "a"), rejected("7"), rejected("8")), inserting(1));

      CommitResult result =
          store.commit(
              lease,
              withKeys(again(2, Phase.RETRY, "seven", "other"), "7", "unknown"),
              inserting(1));

      assertThat(result.counters()).isEqualTo(new Backfill.Counters(Total.exact(100), 3, 1));
      assertStored(lease, result.counters());
      assertThat(store.get(lease.backfill()).phase()).isEqualTo(Phase.RETRY);
      assertThat(store.quarantined(lease.backfill(), 10))
          .extracting(item -> item.item().key())
          .containsExactly("8");
    }

    /**
     * The store removes a stored item from quarantine in every phase. In the history, each item
     * counts as processed.
     */
    @Test
    public void anItemLeavesTheQuarantineInEveryPhase() {
      Lease lease = claim("worker");
      long number = 1;
      for (Phase phase : Phase.values()) {
        store.commit(lease, withRejected(chunk(number++), rejected(phase.name())), inserting(0));
        long before = store.get(lease.backfill()).counters().processed();

        CommitResult result =
            store.commit(
                lease, withKeys(again(number++, phase, "item"), phase.name()), inserting(1));

        assertThat(result.counters().quarantined()).as("after %s", phase).isZero();
        assertThat(result.counters().processed())
            .as("after %s", phase)
            .isEqualTo(phase == Phase.HISTORY ? before + 1 : before);
        assertStored(lease, result.counters());
      }
    }

    /** The store keeps the number of processed items if the sink had the item already. */
    @Test
    public void anItemThatWasStoredMeanwhileIsNotCountedBack() {
      Lease lease = claim("worker");
      store.commit(lease, withRejected(chunk(1, "a"), rejected("7")), inserting(1));

      CommitResult result =
          store.commit(lease, withKeys(again(2, Phase.RETRY, "seven"), "7"), inserting(0));

      assertThat(result.counters()).isEqualTo(new Backfill.Counters(Total.exact(100), 2, 0));
      assertStored(lease, result.counters());
    }

    /**
     * The store counts each item in quarantine once; a further rejection only raises its attempts.
     */
    @Test
    public void anItemThatIsRejectedAgainIsInQuarantineOnce() {
      Lease lease = claim("worker");
      store.commit(lease, withRejected(chunk(1, "a"), rejected("7"), rejected("8")), inserting(1));
      RejectedItem later = new RejectedItem("7", "Still too long.", "{}");

      // The second copy of 9 is rejected, so the item stays in quarantine although it was also
      // stored.
      CommitResult result =
          store.commit(
              lease,
              withKeys(
                  withRejected(
                      again(2, Phase.RETRY, "eight", "nine"),
                      later,
                      rejected("9"),
                      new RejectedItem("9", "The last word.", "")),
                  "8",
                  "9"),
              inserting(1));

      assertThat(result.counters()).isEqualTo(new Backfill.Counters(Total.exact(100), 4, 2));
      assertStored(lease, result.counters());
      List<QuarantinedItem> items = store.quarantinedAfter(lease.backfill(), "", 10);
      assertThat(items).extracting(item -> item.item().key()).containsExactly("7", "9");
      assertThat(items)
          .extracting(item -> item.item().error())
          .containsExactly("Still too long.", "The last word.");
      assertThat(items).extracting(QuarantinedItem::attempts).containsExactly(2, 1);
    }

    /** The store counts a repeated attempt once, and changes no row a second time. */
    @Test
    public void aRepeatedAttemptCountsOnce() {
      Lease lease = claim("worker");
      store.commit(lease, withRejected(chunk(1, "a"), rejected("7"), rejected("8")), inserting(1));
      ChunkCommit<String> retry =
          withKeys(withRejected(again(2, Phase.RETRY, "seven"), rejected("8")), "7");
      CommitResult first = store.commit(lease, retry, inserting(1));

      CommitResult second = store.commit(lease, retry, inserting(1));

      assertThat(second).isEqualTo(first);
      assertStored(lease, first.counters());
      assertThat(store.quarantined(lease.backfill(), 10))
          .singleElement()
          .extracting(QuarantinedItem::attempts)
          .isEqualTo(2);
    }

    /**
     * The store removes nothing from quarantine if the worker has lost its lease or the sink fails.
     */
    @Test
    public void aCommitThatFailsLeavesTheQuarantineAsItIs() throws Exception {
      Lease old = claim("first");
      store.commit(old, withRejected(chunk(1, "a"), rejected("7")), inserting(1));
      expireLease(old.backfill());
      Lease lease = claim("second");
      ChunkCommit<String> retry = withKeys(again(2, Phase.RETRY, "seven"), "7");

      assertThatThrownBy(() -> store.commit(old, retry, inserting(1)))
          .isInstanceOf(LeaseLostException.class);
      assertThatThrownBy(
              () ->
                  store.commit(
                      lease,
                      retry,
                      (items, transaction) -> {
                        throw new IllegalArgumentException("no");
                      }))
          .isInstanceOf(RuntimeException.class);

      assertThat(store.quarantined(lease.backfill(), 10)).hasSize(1);
      assertStored(lease, new Backfill.Counters(Total.exact(100), 2, 1));
    }

    /** The store returns each item once to a caller that pages, even while earlier items leave. */
    @Test
    public void theQuarantineCanBeReadAPageAtATime() {
      Lease lease = claim("worker");
      RejectedItem[] all =
          IntStream.range(0, 25)
              .mapToObj(n -> rejected(String.valueOf(n)))
              .toArray(RejectedItem[]::new);
      store.commit(lease, withRejected(chunk(1), all), inserting(0));
      List<String> seen = new ArrayList<>();
      String after = "";
      long number = 2;

      List<QuarantinedItem> page = store.quarantinedAfter(lease.backfill(), after, 10);
      while (!page.isEmpty()) {
        page.forEach(item -> seen.add(item.item().key()));
        after = seen.get(seen.size() - 1);
        String leaving = page.get(0).item().key();
        store.commit(lease, withKeys(again(number++, Phase.RETRY, "item"), leaving), inserting(1));
        page = store.quarantinedAfter(lease.backfill(), after, 10);
      }

      assertThat(seen).hasSize(25).doesNotHaveDuplicates();
      assertStored(lease, new Backfill.Counters(Total.exact(100), 25, 22));
    }

    private static ChunkCommit<String> withKeys(ChunkCommit<String> commit, String... keys) {
      return commit.withItemKeys(List.of(keys));
    }
  }

  /** Verification of what is stored: its cursor, the counts of a completion, gaps. */
  @Nested
  public class Verification {

    /** The store moves the cursor of a verification, and leaves the cursor of the history. */
    @Test
    public void aVerificationMovesItsOwnCursor() {
      Lease lease = claim("worker");
      store.commit(lease, chunk(1, "a"), new RecordingSink());

      store.commit(lease, verified(2, Cursor.START, "page 1"), new RecordingSink());
      store.commit(lease, verified(3, new Cursor("page 1"), "page 2", "b"), new RecordingSink());

      assertThat(store.get(lease.backfill()))
          .extracting(
              Backfill::cursor,
              Backfill::nextChunkNumber,
              Backfill::chunkSize,
              Backfill::verifyCursor)
          .containsExactly(new Cursor("after 1"), 4L, 25, new Cursor("page 2"));
      assertThat(store.get(lease.backfill()).phase()).isEqualTo(Phase.VERIFY);
      store.release(lease, LeaseRelease.moreToDo());
      assertThat(store.get(lease.backfill()).verifyCursor())
          .as("an interrupted verification continues")
          .isEqualTo(new Cursor("page 2"));
    }

    /** The store resets the cursor of a verification when the backfill completes. */
    @Test
    public void aCompletionForgetsThePlaceOfTheVerification() {
      Lease lease = claim("worker");
      store.commit(lease, verified(1, Cursor.START, "page 1"), new RecordingSink());

      Backfill after = store.release(lease, LeaseRelease.as(BackfillStatus.COMPLETED));

      assertThat(after.verifyCursor()).isEqualTo(Cursor.START);
    }

    /** The store replaces the number of processed items by the count of a completion. */
    @Test
    public void aCompletionStoresWhatWasCounted() {
      Lease lease = claim("worker");
      store.commit(lease, withRejected(chunk(1, "a", "a"), rejected("7")), new RecordingSink());

      Backfill after =
          store.release(lease, LeaseRelease.completed(BackfillStatus.COMPLETED_WITH_GAPS, 2L));

      assertThat(after.counters()).isEqualTo(new Backfill.Counters(Total.exact(2), 2, 1));
      assertThat(store.get(lease.backfill()).counters()).isEqualTo(after.counters());
    }

    /** The store keeps the counters if a completion has no count. */
    @Test
    public void aCompletionWithoutACountLeavesTheCounters() {
      Lease lease = claim("worker");
      store.commit(lease, chunk(1, "a", "b"), new RecordingSink());
      Backfill.Counters before = store.get(lease.backfill()).counters();

      assertThat(
              store
                  .release(lease, LeaseRelease.completed(BackfillStatus.COMPLETED, null))
                  .counters())
          .isEqualTo(before);
    }

    /** The store keeps a completion's note until the next completion replaces or clears it. */
    @Test
    public void theNoteOfACompletionStaysUntilTheNext() {
      Lease lease = claim("worker");
      store.commit(lease, chunk(1, "a"), new RecordingSink());
      BackfillStatus gaps = BackfillStatus.COMPLETED_WITH_GAPS;

      Backfill first = store.release(lease, LeaseRelease.completed(gaps, 1L, "The list was cut."));
      assertThat(first.note()).isEqualTo("The list was cut.");
      assertThat(first.status()).isEqualTo(gaps);
      assertThat(store.get(lease.backfill()).note()).isEqualTo("The list was cut.");

      Lease second = claim("worker");
      store.release(second, LeaseRelease.moreToDo());
      assertThat(store.get(lease.backfill()).note()).isEqualTo("The list was cut.");
      Lease third = claim("worker");
      store.release(third, LeaseRelease.completed(BackfillStatus.COMPLETED, 1L, "They are off."));
      assertThat(store.get(lease.backfill()).note()).isEqualTo("They are off.");
      Lease fourth = claim("worker");
      assertThat(store.release(fourth, LeaseRelease.completed(BackfillStatus.COMPLETED, 1L)).note())
          .isNull();
    }

    /** The store returns the keys that are neither in the sink nor in quarantine. */
    @Test
    public void gapsAreWhatIsNeitherStoredNorInQuarantine() {
      Lease lease = claim("worker");
      store.commit(lease, withRejected(chunk(1, "a"), rejected("7")), new RecordingSink());
      InMemoryTable table = new InMemoryTable(Set.of("1", "2"));

      assertThat(store.missing(lease.backfill(), table, "here", List.of("9", "2", "7", "8", "1")))
          .contains(List.of("9", "8"));
      assertThat(store.missing(lease.backfill(), table, "here", List.of())).contains(List.of());
      assertThat(store.countKnown(lease.backfill(), table, "here"))
          .as("two stored, one in quarantine")
          .hasValue(3);
      assertThat(table.scopes).containsExactly("here");
    }

    /** The store counts an item once that is both stored and in quarantine. */
    @Test
    public void whatIsStoredAndInQuarantineIsSeenOnce() {
      Lease lease = claim("worker");
      store.commit(
          lease, withRejected(chunk(1, "a"), rejected("1"), rejected("7")), new RecordingSink());

      assertThat(store.countKnown(lease.backfill(), new InMemoryTable(Set.of("1", "2")), "here"))
          .hasValue(3);
    }

    /** The store returns no gaps and no count if the sink cannot count. */
    @Test
    public void aSinkThatCannotCountHasNoGaps() {
      Lease lease = claim("worker");
      Sink<String> silent = (items, transaction) -> SinkCounts.NONE;

      assertThat(store.missing(lease.backfill(), silent, "here", List.of("1"))).isEmpty();
      assertThat(store.countKnown(lease.backfill(), silent, "here")).isEmpty();
    }

    /** A sink that knows its keys. */
    private static final class InMemoryTable implements Sink<String> {

      private final Set<String> keys;
      private final Set<String> scopes = new LinkedHashSet<>();

      InMemoryTable(Set<String> keys) {
        this.keys = keys;
      }

      @Override
      public SinkCounts write(List<String> items, SinkTransaction transaction) {
        return SinkCounts.NONE;
      }

      @Override
      public OptionalLong count(String scope, SinkTransaction transaction) {
        scopes.add(scope);
        return OptionalLong.of(keys.size());
      }

      @Override
      public Optional<Set<String>> stored(
          String scope, List<String> requested, SinkTransaction transaction) {
        scopes.add(scope);
        Set<String> stored = new LinkedHashSet<>(requested);
        stored.retainAll(keys);
        return Optional.of(stored);
      }
    }
  }

  /** A second reading of a history from its start, by a rewind or a reload. */
  @Nested
  public class Reread {

    /** The store moves a rewound backfill to its start, and continues its chunk numbers. */
    @Test
    public void rewindingStartsTheHistoryAgain() {
      Lease lease = claim("worker");
      store.commit(lease, chunk(1, "a", "b"), new RecordingSink());

      Backfill rewound = store.rewind(lease);

      assertThat(rewound.cursor()).isEqualTo(Cursor.START);
      assertThat(rewound.nextChunkNumber()).isEqualTo(2);
      assertThat(rewound.counters()).isEqualTo(new Backfill.Counters(Total.UNKNOWN, 0, 0));
      assertThat(store.chunks(lease.backfill(), 1, 10)).hasSize(1);
      store.commit(lease, chunk(2, Cursor.START, "a"), new RecordingSink());
      assertThat(store.get(lease.backfill()).counters().processed()).isEqualTo(1);
    }

    /** The store empties the quarantine of a rewound backfill. */
    @Test
    public void rewindingEmptiesTheQuarantine() {
      Lease lease = claim("worker");
      store.commit(lease, withRejected(chunk(1, "a"), rejected("7")), new RecordingSink());

      store.rewind(lease);

      assertThat(store.quarantined(lease.backfill(), 10)).isEmpty();
    }

    /** The store resets the cursor of a verification when the backfill is rewound. */
    @Test
    public void rewindingForgetsThePlaceOfTheVerification() {
      Lease lease = claim("worker");
      store.commit(lease, verified(1, Cursor.START, "page 1"), new RecordingSink());

      assertThat(store.rewind(lease).verifyCursor()).isEqualTo(Cursor.START);
    }

    /**
     * The store reloads a backfill in any status at a user's request, unless a worker holds its
     * lease.
     */
    @Test
    public void aRestartReadsEverythingAgainWhateverTheStatus() {
      Lease lease = claim("worker");
      store.commit(lease, chunk(1, "a", "b"), new RecordingSink());
      assertThat(store.reload(lease.backfill(), RequestedBy.by("ann", "to see")))
          .as("a worker has it")
          .isEmpty();
      assertThat(store.get(lease.backfill()).counters().processed()).isEqualTo(2);
      store.release(lease, LeaseRelease.completed(BackfillStatus.COMPLETED, null));

      Backfill reloaded =
          store.reload(lease.backfill(), RequestedBy.by("ann", "to see")).orElseThrow();
      assertThat(reloaded.status()).isEqualTo(BackfillStatus.PENDING);
      assertThat(reloaded.holder()).isNull();
      assertThat(reloaded.cursor()).isEqualTo(Cursor.START);
      assertThat(reloaded.counters()).isEqualTo(new Backfill.Counters(Total.UNKNOWN, 0, 0));
      assertThat(reloaded.completedAt()).isNull();
      assertThatThrownBy(() -> store.renew(lease)).isInstanceOf(LeaseLostException.class);

      store.release(claim("worker"), LeaseRelease.failed("It is gone."));
      assertThat(store.reload(lease.backfill(), RequestedBy.by("ann"))).isPresent();
      store.control(lease.backfill(), Control.CANCEL);
      assertThat(store.reload(lease.backfill(), RequestedBy.by("ann", "after all"))).isPresent();
      assertThat(store.transitions(lease.backfill(), 0, 100))
          .anySatisfy(
              transition -> {
                assertThat(transition.actor()).isEqualTo("ann");
                assertThat(transition.reason()).isEqualTo("read again from the start: after all");
              });
      store.commit(claim("worker"), chunk(2, Cursor.START, "a"), new RecordingSink());
      assertThat(store.get(lease.backfill()).counters().processed()).isEqualTo(1);
    }

    /** The store empties the quarantine of a reloaded backfill. */
    @Test
    public void aRestartEmptiesTheQuarantine() {
      Lease lease = claim("worker");
      store.commit(lease, withRejected(chunk(1, "a"), rejected("7"), rejected("8")), inserting(1));
      store.release(lease, LeaseRelease.moreToDo());

      Backfill reloaded = store.reload(lease.backfill(), RequestedBy.by("ann")).orElseThrow();

      assertThat(store.quarantined(lease.backfill(), 10)).isEmpty();
      assertThat(reloaded.counters().quarantined()).isZero();
    }

    /** The store clears the note when a backfill is reloaded or rewound. */
    @Test
    public void aRestartAndARewindClearTheNote() {
      Lease lease = claim("worker");
      store.release(lease, LeaseRelease.completed(BackfillStatus.COMPLETED, null, "They are off."));
      assertThat(store.reload(lease.backfill(), RequestedBy.by("ann")).orElseThrow().note())
          .isNull();

      Lease again = claim("worker");
      store.release(again, LeaseRelease.completed(BackfillStatus.COMPLETED, null, "They are off."));
      assertThat(store.rewind(claim("worker")).note()).isNull();
    }
  }

  /** Chunks of a similar backfill, for one that has none. */
  @Nested
  public class SimilarChunks {

    /**
     * The store returns chunks of the backfill of the same source with the nearest total, to size a
     * first chunk.
     */
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

    private List<CommittedChunk> commit(String target, String source, Total total, int chunks) {
      BackfillId id = store.register(new BackfillKey(source, target), "manual").id();
      Lease lease = store.claim(id, leaseRequest("worker")).lease();
      for (int number = 1; number <= chunks; number++) {
        ChunkCommit<String> chunk = chunk(number, target + number);
        store.commit(lease, chunk.withTotal(total), new RecordingSink());
      }
      return store.chunks(id, 1, 10);
    }
  }

  /** Transitions, with actor, moment and reason. */
  @Nested
  public class Audit {

    /** The store records each transition with actor, moment and reason, in order. */
    @Test
    public void everyTransitionIsKeptWithWhoWhenAndWhy() throws Exception {
      Lease first = claim("first");
      Instant until = Instant.parse("2030-01-01T00:00:00Z");
      store.release(first, LeaseRelease.waiting(until, "quota"));
      Lease second = claim("second");
      store.control(
          second.backfill(), Control.PAUSE, RequestedBy.by("alice", "the database moves"));
      expireLease(second.backfill());
      store.claim(second.backfill(), WORKER);
      store.control(second.backfill(), Control.RESUME, RequestedBy.UNNAMED);
      Lease third = claim("third");
      store.release(third, LeaseRelease.failed("It broke."));

      assertThat(store.transitions(first.backfill(), 0, 100))
          .extracting(
              Transition::from,
              Transition::to,
              Transition::cause,
              Transition::actor,
              Transition::reason)
          .containsExactly(
              change(BackfillStatus.PENDING, BackfillStatus.RUNNING, Cause.CLAIM, "first", null),
              change(
                  BackfillStatus.RUNNING, BackfillStatus.WAITING, Cause.RELEASE, "first", "quota"),
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

    /** The store records no transition for a request that changes nothing. */
    @Test
    public void aRequestThatChangesNothingIsNoTransition() {
      Lease lease = claim("worker");
      store.release(lease, LeaseRelease.as(BackfillStatus.COMPLETED));
      int before = store.transitions(lease.backfill(), 0, 100).size();
      store.control(lease.backfill(), Control.PAUSE);

      assertThat(store.transitions(lease.backfill(), 0, 100)).hasSize(before);
    }

    /** The store returns transitions a page at a time. */
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

    /** The store returns the latest transitions, newest first. */
    @Test
    public void theLatestTransitionsComeNewestFirst() {
      BackfillId id = completed(1);
      List<Transition> all = store.transitions(id, 0, 100);

      assertThat(store.latestTransitions(id, 1)).containsExactly(all.get(all.size() - 1));
      assertThat(store.latestTransitions(id, 100)).hasSameElementsAs(all).hasSize(all.size());
    }

    private static Tuple change(
        BackfillStatus from,
        BackfillStatus to,
        Cause cause,
        String actor,
        @Nullable String reason) {
      return Tuple.tuple(from, to, cause, actor, reason);
    }
  }

  /** Pruning of records that would only grow. */
  @Nested
  public class Retention {

    private static final int CHUNKS = 40;
    private static final Duration HOUR = Duration.ofHours(1);

    /** The store records no transition for a run without news, but updates its moment. */
    @Test
    public void aRunWithoutNewsLeavesNoTransition() {
      BackfillId id = completed(1);
      List<Transition> before = store.transitions(id, 0, 100);
      Instant looked = store.get(id).completedAt();

      Lease lease = claim("worker");
      store.release(lease, LeaseRelease.as(BackfillStatus.COMPLETED));

      assertThat(store.transitions(id, 0, 100)).isEqualTo(before);
      assertThat(store.get(id).completedAt()).isAfterOrEqualTo(looked);
      assertThat(store.get(id).status()).isEqualTo(BackfillStatus.COMPLETED);
      assertThat(store.get(id).holder()).isNull();
    }

    /**
     * The store keeps the transitions of a run that committed a chunk, failed or ended otherwise.
     */
    @Test
    public void aRunWithNewsKeepsItsTransitions() {
      BackfillId id = completed(1);
      int before = store.transitions(id, 0, 100).size();

      Lease lease = claim("worker");
      commit(lease, 2);
      store.release(lease, LeaseRelease.as(BackfillStatus.COMPLETED));
      assertThat(store.transitions(id, 0, 100)).hasSize(before + 2);

      store.release(claim("worker"), LeaseRelease.failed("It broke."));
      assertThat(store.transitions(id, 0, 100)).hasSize(before + 4);
    }

    /**
     * The store keeps the newest chunks of a completed backfill when it prunes, and continues their
     * numbers.
     */
    @Test
    public void ofOldChunksOfACompletedBackfillTheNewestStay() {
      BackfillId id = completed(CHUNKS);

      Pruned pruned = pruneAll(Duration.ZERO);

      assertThat(pruned.chunks()).isEqualTo(CHUNKS - ProgressStore.NEWEST_CHUNKS);
      assertThat(store.chunks(id, 1, 100))
          .extracting(CommittedChunk::number)
          .containsExactlyElementsOf(
              LongStream.rangeClosed(CHUNKS - ProgressStore.NEWEST_CHUNKS + 1, CHUNKS)
                  .boxed()
                  .toList());
      assertThat(store.get(id).nextChunkNumber()).isEqualTo(CHUNKS + 1);
      commit(claim("worker"), CHUNKS + 1);
      assertThat(store.chunks(id, CHUNKS, 10)).hasSize(2);
    }

    /** The store keeps all chunks of an unfinished backfill, as a policy may need them. */
    @Test
    public void chunksOfAnUnfinishedBackfillStay() {
      Lease lease = claim("worker");
      for (int number = 1; number <= CHUNKS; number++) {
        commit(lease, number);
      }
      store.release(lease, LeaseRelease.moreToDo());

      assertThat(pruneAll(Duration.ZERO).chunks()).isZero();
      assertThat(store.chunks(lease.backfill(), 1, 100)).hasSize(CHUNKS);
    }

    /** The store keeps every record that is younger than the given age. */
    @Test
    public void nothingYoungIsRemoved() {
      BackfillId id = completed(CHUNKS);

      assertThat(store.prunable(HOUR)).isEqualTo(Pruned.NONE);
      assertThat(pruneAll(HOUR)).isEqualTo(Pruned.NONE);
      assertThat(store.chunks(id, 1, 100)).hasSize(CHUNKS);
      assertThat(store.transitions(id, 0, 100)).isNotEmpty();
    }

    /** The store removes at most one batch in a call, and in the end what it counted before. */
    @Test
    public void pruningGoesInBatchesUntilNothingIsLeft() {
      completed(CHUNKS);
      Pruned expected = store.prunable(Duration.ZERO);

      Pruned first = store.prune(Duration.ZERO, 3);

      assertThat(first.chunks()).isEqualTo(3);
      assertThat(first.transitions()).isLessThanOrEqualTo(3);
      assertThat(first.plus(pruneAll(Duration.ZERO))).isEqualTo(expected);
      assertThat(store.prunable(Duration.ZERO)).isEqualTo(Pruned.NONE);
    }

    /** The store keeps the transitions of a stopped backfill for as long as it is stopped. */
    @Test
    public void transitionsOfAStoppedBackfillStay() {
      BackfillId id = register("owner/name");
      store.control(id, Control.PAUSE);

      pruneAll(Duration.ZERO);

      assertThat(store.transitions(id, 0, 10)).hasSize(1);
      store.control(id, Control.RESUME);
      pruneAll(Duration.ZERO);
      assertThat(store.transitions(id, 0, 10)).isEmpty();
    }

    /** The store keeps a backfill's status and counters when it prunes. */
    @Test
    public void whatWasReadIsStillKnownAfterAPruning() {
      BackfillId id = completed(2);
      store.prune(Duration.ZERO, 1_000);

      assertThat(store.get(id).counters().processed()).isEqualTo(2);
      assertThat(store.get(id).status()).isEqualTo(BackfillStatus.COMPLETED);
    }

    /** The store grants the pruning to one caller in each period. */
    @Test
    public void thePruningIsClaimedOnceInItsPeriod() {
      assertThat(store.claimPruning(HOUR)).isTrue();
      assertThat(store.claimPruning(HOUR)).isFalse();
      assertThat(store.claimPruning(HOUR)).isFalse();
    }

    private Pruned pruneAll(Duration olderThan) {
      Pruned total = Pruned.NONE;
      Pruned batch;
      do {
        batch = store.prune(olderThan, 7);
        total = total.plus(batch);
      } while (batch.rows() > 0);
      return total;
    }
  }

  private BackfillId register(String target) {
    Backfill backfill = store.register(new BackfillKey(KEY.source(), target), "test");
    return backfill.id();
  }

  /**
   * Registers the tests' backfill if needed, and claims it.
   *
   * @param owner the worker's name
   * @return the lease
   */
  protected final Lease claim(String owner) {
    Claim claim = store.claim(store.register(KEY, "manual").id(), leaseRequest(owner));
    assertThat(claim).matches(Claim::isGranted);
    return claim.lease();
  }

  /**
   * Creates a request for a lease.
   *
   * @param owner the worker's name
   * @return the request
   */
  protected static LeaseRequest leaseRequest(String owner) {
    return new LeaseRequest(owner, "local", TIME_TO_LIVE);
  }

  private BackfillId completed(int chunks) {
    Lease lease = claim("worker");
    for (int number = 1; number <= chunks; number++) {
      commit(lease, number);
    }
    store.release(lease, LeaseRelease.as(BackfillStatus.COMPLETED));
    return lease.backfill();
  }

  private void commit(Lease lease, int number) {
    store.commit(
        lease,
        new ChunkCommit<>(
            number,
            UUID.randomUUID(),
            number == 1 ? Cursor.START : new Cursor("after " + (number - 1)),
            new Chunk<>(List.of("item"), List.of(), new Cursor("after " + number), false, 1),
            new Decision.Proceed(1, 0, "one"),
            null,
            Duration.ofMillis(5),
            Instant.now(),
            Total.exact(number)),
        new RecordingSink());
  }

  private Transition last(BackfillId id) {
    List<Transition> all = store.transitions(id, 0, 1_000);
    return all.get(all.size() - 1);
  }

  /**
   * Creates a chunk of a history of 100 items, as a new attempt.
   *
   * @param number its number
   * @param items its items
   * @return the chunk
   */
  protected static ChunkCommit<String> chunk(long number, String... items) {
    return chunk(number, number == 1 ? Cursor.START : new Cursor("after " + (number - 1)), items);
  }

  /** Creates a chunk that begins at a given cursor. */
  static ChunkCommit<String> chunk(long number, Cursor before, String... items) {
    return new ChunkCommit<>(
        number,
        UUID.randomUUID(),
        before,
        new Chunk<>(List.of(items), List.of(), new Cursor("after " + number), false, 1),
        new Decision.Proceed(25, 0, "the rule", "what the rule saw"),
        4999L,
        Duration.ofMillis(20),
        STARTED,
        Total.exact(100));
  }

  /** Creates a chunk of a phase that reads earlier items again. */
  private static ChunkCommit<String> again(long number, Phase phase, String... items) {
    ChunkCommit<String> commit = chunk(number, items);
    return commit
        .withPlace(number, phase == Phase.VERIFY ? Cursor.START : commit.before())
        .withChunk(commit.chunk().withPhase(phase));
  }

  private static ChunkCommit<String> verified(
      long number, Cursor before, String after, String... items) {
    ChunkCommit<String> commit = chunk(number, before, items);
    return commit.withChunk(
        commit.chunk().withNext(new Cursor(after), false).withPhase(Phase.VERIFY));
  }

  /** Returns the same commit with items that cannot be stored. */
  static ChunkCommit<String> withRejected(ChunkCommit<String> commit, RejectedItem... rejected) {
    return commit.withChunk(commit.chunk().withRejected(List.of(rejected)));
  }

  /** Creates an item that cannot be stored. */
  static RejectedItem rejected(String key) {
    return new RejectedItem(key, "Too long.", "{}");
  }

  private static RecordingSink inserting(int inserted) {
    return new RecordingSink(new SinkCounts(inserted, 0));
  }

  private void assertStored(Lease lease, Backfill.Counters expected) {
    assertThat(store.get(lease.backfill()).counters()).isEqualTo(expected);
    assertThat(store.quarantined(lease.backfill(), 1_000))
        .as("the counter is the number of rows")
        .hasSize((int) expected.quarantined());
  }

  /** A sink that records its items and returns fixed counts. */
  protected static final class RecordingSink implements Sink<String> {

    private final List<String> received = new ArrayList<>();
    private final SinkCounts result;

    /** Creates a sink that counts nothing as new. */
    public RecordingSink() {
      this(SinkCounts.NONE);
    }

    /**
     * Creates a sink that always returns the same counts.
     *
     * @param result the counts that it returns
     */
    public RecordingSink(SinkCounts result) {
      this.result = result;
    }

    @Override
    public SinkCounts write(List<String> items, SinkTransaction transaction) {
      received.addAll(items);
      return result;
    }

    /**
     * Returns the items that the sink received.
     *
     * @return the items in order
     */
    public List<String> received() {
      return List.copyOf(received);
    }
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
