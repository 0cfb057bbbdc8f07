package dev.backfill.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The part of the {@link ProgressStoreContract} that is about verifying what is stored. */
public abstract class VerificationContract extends RetentionContract {

  /** Only for subclasses. */
  protected VerificationContract() {}

  /** A verification has a place of its own, and the history stays where it is. */
  @Test
  public void aVerificationMovesItsOwnCursor() {
    Lease lease = claim("worker");
    store.commit(lease, chunk(1, "a"), new RecordingSink());

    store.commit(lease, verified(2, Cursor.START, "page 1"), new RecordingSink());
    store.commit(lease, verified(3, new Cursor("page 1"), "page 2", "b"), new RecordingSink());

    assertThat(store.get(lease.backfill()).position())
        .isEqualTo(new Backfill.Position(new Cursor("after 1"), 4, 25, new Cursor("page 2")));
    assertThat(store.get(lease.backfill()).state().phase()).isEqualTo(Phase.VERIFY);
    store.release(lease, LeaseRelease.moreToDo());
    assertThat(store.get(lease.backfill()).position().verified())
        .as("an interrupted verification goes on")
        .isEqualTo(new Cursor("page 2"));
  }

  /** The end of a verification is the end of its place. */
  @Test
  public void aCompletionForgetsThePlaceOfTheVerification() {
    Lease lease = claim("worker");
    store.commit(lease, verified(1, Cursor.START, "page 1"), new RecordingSink());

    Backfill after = store.release(lease, LeaseRelease.as(BackfillStatus.COMPLETED));

    assertThat(after.position().verified()).isEqualTo(Cursor.START);
  }

  /** What is read from the start is verified from the start. */
  @Test
  public void rewindingForgetsThePlaceOfTheVerification() {
    Lease lease = claim("worker");
    store.commit(lease, verified(1, Cursor.START, "page 1"), new RecordingSink());

    assertThat(store.rewind(lease).position().verified()).isEqualTo(Cursor.START);
  }

  /** What was counted where it is stored is the truth. */
  @Test
  public void aCompletionStoresWhatWasCounted() {
    Lease lease = claim("worker");
    store.commit(lease, withRejected(chunk(1, "a", "a"), rejected("7")), new RecordingSink());

    Backfill after =
        store.release(lease, LeaseRelease.completed(BackfillStatus.COMPLETED_WITH_GAPS, 2L));

    assertThat(after.counters()).isEqualTo(new Backfill.Counters(Total.exact(2), 2, 1));
    assertThat(store.get(lease.backfill()).counters()).isEqualTo(after.counters());
  }

  /** Nobody could count: what was passed stays. */
  @Test
  public void aCompletionWithoutACountLeavesTheCounters() {
    Lease lease = claim("worker");
    store.commit(lease, chunk(1, "a", "b"), new RecordingSink());
    Backfill.Counters before = store.get(lease.backfill()).counters();

    assertThat(
            store.release(lease, LeaseRelease.completed(BackfillStatus.COMPLETED, null)).counters())
        .isEqualTo(before);
  }

  /** A source's remark is about the last completion only. */
  @Test
  public void theNoteOfACompletionStaysUntilTheNext() {
    Lease lease = claim("worker");
    store.commit(lease, chunk(1, "a"), new RecordingSink());
    BackfillStatus gaps = BackfillStatus.COMPLETED_WITH_GAPS;

    Backfill first = store.release(lease, LeaseRelease.completed(gaps, 1L, "The list was cut."));
    assertThat(first.note()).isEqualTo("The list was cut.");
    assertThat(first.state().status()).isEqualTo(gaps);
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

  /** What is read from the start has no remark yet. */
  @Test
  public void aRestartAndARewindClearTheNote() {
    Lease lease = claim("worker");
    store.release(lease, LeaseRelease.completed(BackfillStatus.COMPLETED, null, "They are off."));
    assertThat(store.restart(lease.backfill(), "ann", null).orElseThrow().note()).isNull();

    Lease again = claim("worker");
    store.release(again, LeaseRelease.completed(BackfillStatus.COMPLETED, null, "They are off."));
    assertThat(store.rewind(claim("worker")).note()).isNull();
  }

  /** A gap is what is neither stored nor in quarantine. */
  @Test
  public void gapsAreWhatIsNeitherStoredNorInQuarantine() {
    Lease lease = claim("worker");
    store.commit(lease, withRejected(chunk(1, "a"), rejected("7")), new RecordingSink());
    Shelf shelf = new Shelf(Set.of("1", "2"));

    assertThat(store.missing(lease.backfill(), shelf, "here", List.of("9", "2", "7", "8", "1")))
        .contains(List.of("9", "8"));
    assertThat(store.missing(lease.backfill(), shelf, "here", List.of())).contains(List.of());
    assertThat(store.countKnown(lease.backfill(), shelf, "here"))
        .as("two stored, one in quarantine")
        .hasValue(3);
    assertThat(shelf.scopes).containsExactly("here");
  }

  /** An item whose newer copy was refused is one item. */
  @Test
  public void whatIsStoredAndInQuarantineIsSeenOnce() {
    Lease lease = claim("worker");
    store.commit(
        lease, withRejected(chunk(1, "a"), rejected("1"), rejected("7")), new RecordingSink());

    assertThat(store.countKnown(lease.backfill(), new Shelf(Set.of("1", "2")), "here")).hasValue(3);
  }

  /** A sink that cannot tell is no gap. */
  @Test
  public void aSinkThatCannotTellIsNotAsked() {
    Lease lease = claim("worker");
    Sink<String> silent = (items, transaction) -> SinkCounts.NONE;

    assertThat(store.missing(lease.backfill(), silent, "here", List.of("1"))).isEmpty();
    assertThat(store.countKnown(lease.backfill(), silent, "here")).isEmpty();
  }

  private static ChunkCommit<String> verified(
      long number, Cursor before, String after, String... items) {
    ChunkCommit<String> commit = chunk(number, before, items);
    return new ChunkCommit<>(
        number,
        UUID.randomUUID(),
        before,
        new Chunk<>(commit.chunk().items(), List.of(), new Cursor(after), false, 1, Phase.VERIFY),
        commit.measures(),
        commit.total());
  }

  /** A sink that knows what it has. */
  private static final class Shelf implements Sink<String> {

    private final Set<String> keys;
    private final Set<String> scopes = new LinkedHashSet<>();

    Shelf(Set<String> keys) {
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
