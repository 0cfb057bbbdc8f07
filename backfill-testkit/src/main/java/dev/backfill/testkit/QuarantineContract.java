package dev.backfill.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.api.store.SinkCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The part of the {@link ProgressStoreContract} that is about items that are read again: what they
 * count, and how they enter and leave the quarantine.
 */
public abstract class QuarantineContract extends ChunkCommitContract {

  /** Only for subclasses. */
  protected QuarantineContract() {}

  /** Rejected items are kept once, with how often they were rejected. */
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

  /** In a catch-up only what the sink had not stored counts, and the total is what there is. */
  @Test
  public void aCatchUpCountsOnlyWhatIsNew() {
    Lease lease = claim("worker");
    store.commit(lease, chunk(1, "a", "b", "c"), inserting(3));

    CommitResult result =
        store.commit(lease, again(2, Phase.CATCH_UP, "b", "c", "new"), inserting(1));

    assertThat(result.counters()).isEqualTo(new Backfill.Counters(Total.exact(4), 4, 0));
    assertStored(lease, result.counters());
    assertThat(store.get(lease.backfill()).state().phase()).isEqualTo(Phase.CATCH_UP);
  }

  /** A catch-up that finds nothing still says that the history has been counted. */
  @Test
  public void anEmptyChunkOfACatchUpMakesTheTotalExact() {
    Lease lease = claim("worker");
    store.commit(lease, withTotal(chunk(1, "a", "b"), Total.estimate(100)), inserting(2));

    CommitResult result = store.commit(lease, again(2, Phase.CATCH_UP), inserting(0));

    assertThat(result.counters()).isEqualTo(new Backfill.Counters(Total.exact(2), 2, 0));
    assertStored(lease, result.counters());
  }

  /** What a catch-up cannot deliver counts once, as an item in quarantine. */
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

  /** The total stays, so that the items that are missing are noticed. */
  @Test
  public void aRecountReplacesWhatWasAddedUp() {
    Lease lease = claim("worker");
    store.commit(
        lease,
        withTotal(withRejected(chunk(1, "a", "b"), rejected("7")), Total.exact(3)),
        inserting(2));

    Backfill.Counters fewer = store.recount(lease, OptionalLong.of(1));

    assertThat(fewer).isEqualTo(new Backfill.Counters(Total.exact(3), 1, 1));
    assertStored(lease, fewer);
    Backfill.Counters more = store.recount(lease, OptionalLong.of(5));
    assertThat(more).isEqualTo(new Backfill.Counters(Total.exact(5), 5, 1));
    assertStored(lease, more);
    assertThat(store.recount(lease, OptionalLong.empty())).isEqualTo(more);
  }

  @Test
  public void aRecountNeedsTheLease() {
    Lease lease = claim("worker");
    store.release(lease, LeaseRelease.moreToDo());
    claim("other");

    assertThatThrownBy(() -> store.recount(lease, OptionalLong.of(1)))
        .isInstanceOf(LeaseLostException.class);
    assertThat(store.get(lease.backfill()).counters().processed()).isZero();
  }

  /** An item that is stored is no longer in quarantine, and does not count a second time. */
  @Test
  public void aStoredItemLeavesTheQuarantine() {
    Lease lease = claim("worker");
    store.commit(lease, withRejected(chunk(1, "a"), rejected("7"), rejected("8")), inserting(1));

    CommitResult result =
        store.commit(
            lease, withKeys(again(2, Phase.RETRY, "seven", "other"), "7", "unknown"), inserting(1));

    assertThat(result.counters()).isEqualTo(new Backfill.Counters(Total.exact(100), 3, 1));
    assertStored(lease, result.counters());
    assertThat(store.get(lease.backfill()).state().phase()).isEqualTo(Phase.RETRY);
    assertThat(store.quarantined(lease.backfill(), 10))
        .extracting(item -> item.item().key())
        .containsExactly("8");
  }

  /** It leaves in every phase; in the history every item that is passed counts. */
  @Test
  public void anItemLeavesTheQuarantineInEveryPhase() {
    Lease lease = claim("worker");
    long number = 1;
    for (Phase phase : Phase.values()) {
      store.commit(lease, withRejected(chunk(number++), rejected(phase.name())), inserting(0));
      long before = store.get(lease.backfill()).counters().processed();

      CommitResult result =
          store.commit(lease, withKeys(again(number++, phase, "item"), phase.name()), inserting(1));

      assertThat(result.counters().quarantined()).as("after %s", phase).isZero();
      assertThat(result.counters().processed())
          .as("after %s", phase)
          .isEqualTo(phase == Phase.HISTORY ? before + 1 : before);
      assertStored(lease, result.counters());
    }
  }

  /** Sinks that had the item already do not make the count go back. */
  @Test
  public void anItemThatWasStoredMeanwhileIsNotCountedBack() {
    Lease lease = claim("worker");
    store.commit(lease, withRejected(chunk(1, "a"), rejected("7")), inserting(1));

    CommitResult result =
        store.commit(lease, withKeys(again(2, Phase.RETRY, "seven"), "7"), inserting(0));

    assertThat(result.counters()).isEqualTo(new Backfill.Counters(Total.exact(100), 2, 0));
    assertStored(lease, result.counters());
  }

  /** A retry says nothing about the history's length, but no total is smaller than its part. */
  @Test
  public void aRetryLeavesTheTotalUnlessItIsTooSmall() {
    Lease lease = claim("worker");
    store.commit(lease, withTotal(chunk(1, "a"), Total.estimate(2)), inserting(1));

    assertThat(store.commit(lease, again(2, Phase.RETRY, "b"), inserting(1)).counters().total())
        .isEqualTo(Total.estimate(2));
    CommitResult result = store.commit(lease, again(3, Phase.RETRY, "c"), inserting(1));

    assertThat(result.counters()).isEqualTo(new Backfill.Counters(Total.estimate(3), 3, 0));
    assertStored(lease, result.counters());
  }

  /** The counter is the number of rows: rejecting an item again raises its attempts only. */
  @Test
  public void anItemThatIsRejectedAgainIsInQuarantineOnce() {
    Lease lease = claim("worker");
    store.commit(lease, withRejected(chunk(1, "a"), rejected("7"), rejected("8")), inserting(1));
    RejectedItem later = new RejectedItem("7", "Still too long.", "{}");

    // The second copy of 9 is the one that counts, and its stored copy does not save it.
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

  /** A history that begins anew has nothing behind it. */
  @Test
  public void aRestartEmptiesTheQuarantine() {
    Lease lease = claim("worker");
    store.commit(lease, withRejected(chunk(1, "a"), rejected("7"), rejected("8")), inserting(1));
    store.release(lease, LeaseRelease.moreToDo());

    Backfill restarted = store.restart(lease.backfill(), "ann", null).orElseThrow();

    assertThat(store.quarantined(lease.backfill(), 10)).isEmpty();
    assertThat(restarted.counters().quarantined()).isZero();
  }

  /** An attempt whose answer was lost changes no counter and no row a second time. */
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

  /** Whoever lost the lease takes nothing out of quarantine, and neither does a failing sink. */
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

  /** Paging finds each item once, also while those of earlier pages leave. */
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

  private void assertStored(Lease lease, Backfill.Counters expected) {
    assertThat(store.get(lease.backfill()).counters()).isEqualTo(expected);
    assertThat(store.quarantined(lease.backfill(), 1_000))
        .as("the counter is the number of rows")
        .hasSize((int) expected.quarantined());
  }

  private static RecordingSink inserting(int inserted) {
    return new RecordingSink(new SinkCounts(inserted, 0));
  }

  /** A chunk of a phase whose items were passed before. */
  private static ChunkCommit<String> again(long number, Phase phase, String... items) {
    ChunkCommit<String> commit = chunk(number, items);
    Chunk<String> chunk = commit.chunk();
    return new ChunkCommit<>(
        number,
        UUID.randomUUID(),
        phase == Phase.VERIFY ? Cursor.START : commit.before(),
        new Chunk<>(chunk.items(), List.of(), chunk.next(), false, 1, phase),
        commit.measures(),
        commit.total());
  }

  private static ChunkCommit<String> withKeys(ChunkCommit<String> commit, String... keys) {
    return new ChunkCommit<>(
        commit.number(),
        commit.attemptId(),
        commit.before(),
        commit.chunk(),
        commit.measures(),
        commit.total(),
        List.of(keys));
  }

  private static ChunkCommit<String> withTotal(ChunkCommit<String> commit, Total total) {
    return new ChunkCommit<>(
        commit.number(),
        commit.attemptId(),
        commit.before(),
        commit.chunk(),
        commit.measures(),
        total);
  }
}
