package dev.backfill.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.ChunkCommit.Measures;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The part of the {@link ProgressStoreContract} that is about {@link ProgressStore#commit}, and
 * what both parts share.
 */
public abstract class ChunkCommitContract {

  /** What the tests register. */
  protected static final BackfillKey KEY = new BackfillKey("test:items", "owner/name");

  /** How long the tests' leases last: longer than any test runs. */
  protected static final Duration TIME_TO_LIVE = Duration.ofMinutes(5);

  private static final Instant STARTED = Instant.parse("2026-01-01T00:00:00Z");

  /** The store under test. */
  protected ProgressStore store;

  /** Only for subclasses. */
  protected ChunkCommitContract() {}

  /**
   * Makes the store under test; called once before each test.
   *
   * @return a store without any backfill
   * @throws Exception when it cannot be made
   */
  protected abstract ProgressStore store() throws Exception;

  /**
   * Lets the lease that somebody holds on a backfill expire by the store's clock, without changing
   * anything else.
   *
   * @param id the backfill
   * @throws Exception when it cannot be done
   */
  protected abstract void expireLease(BackfillId id) throws Exception;

  /**
   * Gets a fresh store.
   *
   * @throws Exception when it cannot be made
   */
  @BeforeEach
  public void openTheStore() throws Exception {
    store = store();
  }

  /** The cursor, the counters, the next number and the lease move together. */
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
    assertThat(after.position()).isEqualTo(new Backfill.Position(new Cursor("after 1"), 2, 25));
    assertThat(after.counters()).isEqualTo(new Backfill.Counters(Total.exact(100), 2, 0));
    store.commit(lease, chunk(2, "c"), sink);
    assertThat(store.get(lease.backfill()).counters().processed()).isEqualTo(3);
  }

  /** The newest total replaces the one before, of whatever kind. */
  @Test
  public void aCommitKeepsTheNewestTotal() {
    Lease lease = claim("worker");
    for (Total total : List.of(Total.estimate(300), Total.UNKNOWN, Total.exact(0))) {
      long number = store.get(lease.backfill()).position().nextChunkNumber();
      ChunkCommit<String> chunk = chunk(number, "item " + number);
      store.commit(
          lease,
          new ChunkCommit<>(
              number, chunk.attemptId(), chunk.before(), chunk.chunk(), chunk.measures(), total),
          new RecordingSink());
      assertThat(store.get(lease.backfill()).counters().total()).isEqualTo(total);
    }
  }

  /** A lease that had expired, and that nobody else took, is good again after a commit. */
  @Test
  public void aCommitRenewsTheLease() throws Exception {
    Lease lease = claim("worker");
    expireLease(lease.backfill());

    store.commit(lease, chunk(1, "a"), new RecordingSink());

    Backfill.Holder holder = store.get(lease.backfill()).holder();
    assertThat(holder).isNotNull();
    assertThat(holder.expired()).isFalse();
    assertThat(store.claim(lease.backfill(), claimant("other"))).isInstanceOf(Claim.Held.class);
  }

  /** Failures count since the last committed chunk. */
  @Test
  public void aCommitResetsTheFailures() {
    Lease lease = claim("worker");
    store.recordFailure(lease, "The network was down.");

    store.commit(lease, chunk(1, "a"), new RecordingSink());

    Backfill.State state = store.get(lease.backfill()).state();
    assertThat(state.consecutiveFailures()).isZero();
    assertThat(state.lastError()).isNull();
  }

  /** What was committed can be read back, with why and by whom. */
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
            new Measures(50, "plenty", 3, null, Duration.ofMillis(77), STARTED),
            Total.exact(4));
    store.commit(lease, first, new RecordingSink(new SinkCounts(2, 0)));
    store.commit(lease, second, new RecordingSink(new SinkCounts(0, 1)));

    List<CommittedChunk> chunks = store.chunks(lease.backfill(), 1, 10);

    assertThat(chunks).extracting(CommittedChunk::number).containsExactly(1L, 2L);
    assertThat(chunks)
        .extracting(CommittedChunk::attemptId)
        .containsExactly(first.attemptId(), second.attemptId());
    assertThat(chunks)
        .extracting(CommittedChunk::counts)
        .containsExactly(
            new CommittedChunk.Counts(2, 2, 0, 0), new CommittedChunk.Counts(1, 0, 1, 1));
    assertThat(chunks)
        .extracting(CommittedChunk::measures)
        .containsExactly(first.measures(), second.measures());
    assertThat(chunks.get(0).before()).isEqualTo(Cursor.START);
    assertThat(chunks.get(1).before()).isEqualTo(new Cursor("after 1"));
    assertThat(chunks.get(1).after()).isEqualTo(new Cursor("after 2"));
    assertThat(chunks.get(1).commitment().worker()).isEqualTo("worker");
    assertThat(chunks.get(1).commitment().fence()).isEqualTo(lease.fence());
    assertThat(store.chunks(lease.backfill(), 2, 10)).containsExactly(chunks.get(1));
    assertThat(store.chunks(lease.backfill(), 1, 1)).containsExactly(chunks.get(0));
  }

  /** Whoever held the lease before commits nothing, even under the same name. */
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

  /** A lease that was given back is no right to commit. */
  @Test
  public void aLeaseThatWasGivenBackCommitsNothing() {
    Lease lease = claim("worker");
    store.release(lease, LeaseRelease.moreToDo());

    assertThatThrownBy(() -> store.commit(lease, chunk(1, "a"), new RecordingSink()))
        .isInstanceOf(LeaseLostException.class);
    assertThat(store.chunks(lease.backfill(), 1, 10)).isEmpty();
  }

  /** Numbers are unique and have no gaps. */
  @Test
  public void aNumberThatIsNotTheNextIsRefused() {
    Lease lease = claim("worker");
    store.commit(lease, chunk(1, "a"), new RecordingSink());

    for (long wrong : new long[] {1, 3}) {
      assertThatThrownBy(() -> store.commit(lease, chunk(wrong, "x"), new RecordingSink()))
          .satisfies(ChunkCommitContract::isOutOfSequence);
    }
    assertThat(store.chunks(lease.backfill(), 1, 10)).hasSize(1);
    assertThat(store.get(lease.backfill()).counters().processed()).isEqualTo(1);
  }

  /**
   * The cursor may have been moved behind the worker's back, by a call of its own that was late.
   */
  @Test
  public void aChunkThatBeginsElsewhereIsRefused() {
    Lease lease = claim("worker");
    store.commit(lease, chunk(1, "a"), new RecordingSink());
    store.rewind(lease);

    assertThatThrownBy(() -> store.commit(lease, chunk(2, "x"), new RecordingSink()))
        .satisfies(ChunkCommitContract::isOutOfSequence);
    assertThat(store.get(lease.backfill()).position().cursor()).isEqualTo(Cursor.START);
  }

  private static void isOutOfSequence(Throwable failure) {
    assertThat(failure)
        .isInstanceOfSatisfying(
            PermanentFailureException.class,
            refused ->
                assertThat(refused.reason())
                    .isEqualTo(PermanentFailureException.Reason.OUT_OF_SEQUENCE));
  }

  /** An attempt whose answer was lost is found again. */
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

  /** What was stored before somebody else took over stays known as stored. */
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

  /** A failing sink leaves no trace, and the same number can be committed afterwards. */
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

  /** A rehearsal tells what the sink says, and the store is as it was. */
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

  /** Order carries meaning: the newest of two copies comes last. */
  @Test
  public void theSinkGetsTheItemsInOrder() {
    Lease lease = claim("worker");
    RecordingSink sink = new RecordingSink();

    store.commit(lease, chunk(1, "b", "a", "c", "a"), sink);

    assertThat(sink.received()).containsExactly("b", "a", "c", "a");
  }

  /** A stretch without items of the kind still moves the cursor. */
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
    assertThat(after.position().cursor()).isEqualTo(new Cursor("after 2"));
  }

  /** The worker learns of a person's request with its next commit. */
  @Test
  public void aRequestShowsInTheResultOfACommit() {
    Lease lease = claim("worker");
    store.control(lease.backfill(), Control.PAUSE);

    assertThat(store.commit(lease, chunk(1, "a"), new RecordingSink()).status())
        .isEqualTo(BackfillStatus.PAUSING);
  }

  /**
   * Registers the tests' backfill where needed and claims it.
   *
   * @param owner the worker's name
   * @return the lease
   */
  protected final Lease claim(String owner) {
    Claim claim = store.claim(store.register(KEY, "manual").id(), claimant(owner));
    assertThat(claim).isInstanceOf(Claim.Granted.class);
    return ((Claim.Granted) claim).lease();
  }

  /**
   * A worker.
   *
   * @param owner its name
   * @return the claimant
   */
  protected static LeaseRequest claimant(String owner) {
    return new LeaseRequest(owner, "local", TIME_TO_LIVE);
  }

  /**
   * A chunk of a history of 100 items, as a new attempt.
   *
   * @param number its number
   * @param items its items
   * @return the chunk
   */
  protected static ChunkCommit<String> chunk(long number, String... items) {
    return chunk(number, number == 1 ? Cursor.START : new Cursor("after " + (number - 1)), items);
  }

  /** A chunk that begins where the backfill stands. */
  static ChunkCommit<String> chunk(long number, Cursor before, String... items) {
    return new ChunkCommit<>(
        number,
        UUID.randomUUID(),
        before,
        new Chunk<>(List.of(items), List.of(), new Cursor("after " + number), false, 1),
        new Measures(25, "the rule", 1, 4999L, Duration.ofMillis(20), STARTED, "what the rule saw"),
        Total.exact(100));
  }

  /** The same commit with items that cannot be stored. */
  static ChunkCommit<String> withRejected(ChunkCommit<String> commit, RejectedItem... rejected) {
    Chunk<String> chunk = commit.chunk();
    return new ChunkCommit<>(
        commit.number(),
        commit.attemptId(),
        commit.before(),
        new Chunk<>(
            chunk.items(),
            List.of(rejected),
            chunk.next(),
            chunk.last(),
            chunk.quotaSpent(),
            chunk.phase()),
        commit.measures(),
        commit.total());
  }

  /** An item that cannot be stored. */
  static RejectedItem rejected(String key) {
    return new RejectedItem(key, "Too long.", "{}");
  }

  /** A sink that remembers what it got and answers what it was told to. */
  protected static final class RecordingSink implements Sink<String> {

    private final List<String> received = new ArrayList<>();
    private final SinkCounts answer;

    /** Answers that nothing was new. */
    public RecordingSink() {
      this(SinkCounts.NONE);
    }

    /**
     * Answers always the same.
     *
     * @param answer the answer
     */
    public RecordingSink(SinkCounts answer) {
      this.answer = answer;
    }

    @Override
    public SinkCounts write(List<String> items, SinkTransaction transaction) {
      received.addAll(items);
      return answer;
    }

    /**
     * What it got.
     *
     * @return the items in order
     */
    public List<String> received() {
      return List.copyOf(received);
    }
  }
}
