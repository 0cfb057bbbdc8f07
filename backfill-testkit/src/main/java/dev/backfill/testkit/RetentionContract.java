package dev.backfill.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Pruned;
import dev.backfill.api.store.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The part of the {@link ProgressStoreContract} that is about records that would only grow. */
public abstract class RetentionContract extends AuditContract {

  private static final int CHUNKS = 40;
  private static final Duration HOUR = Duration.ofHours(1);

  /** Only for subclasses. */
  protected RetentionContract() {}

  /** A regular look at a complete history that finds nothing leaves no record, but its moment. */
  @Test
  public void aRunWithoutNewsLeavesNoTransition() {
    BackfillId id = completed(1);
    List<Transition> before = store.transitions(id, 0, 100);
    Instant looked = store.get(id).timeline().completedAt();

    Lease lease = claim("worker");
    store.release(lease, LeaseRelease.as(BackfillStatus.COMPLETED));

    assertThat(store.transitions(id, 0, 100)).isEqualTo(before);
    assertThat(store.get(id).timeline().completedAt()).isAfterOrEqualTo(looked);
    assertThat(store.get(id).state().status()).isEqualTo(BackfillStatus.COMPLETED);
    assertThat(store.get(id).holder()).isNull();
  }

  /** What brought something, failed, or ended otherwise is kept. */
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

  /** Numbers stay unique and gap-free at the top, and a policy still finds what it reads. */
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
    assertThat(store.get(id).position().nextChunkNumber()).isEqualTo(CHUNKS + 1);
    commit(claim("worker"), CHUNKS + 1);
    assertThat(store.chunks(id, CHUNKS, 10)).hasSize(2);
  }

  /** A history that is still being read may need them all. */
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

  /** What is young stays, whatever there is of it. */
  @Test
  public void nothingYoungIsRemoved() {
    BackfillId id = completed(CHUNKS);

    assertThat(store.prunable(HOUR)).isEqualTo(Pruned.NONE);
    assertThat(pruneAll(HOUR)).isEqualTo(Pruned.NONE);
    assertThat(store.chunks(id, 1, 100)).hasSize(CHUNKS);
    assertThat(store.transitions(id, 0, 100)).isNotEmpty();
  }

  /** A batch is bounded; what a dry run counts is what is removed. */
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

  /** Who stopped it, when and why stays known for as long as it is stopped. */
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

  /** The progress itself never goes. */
  @Test
  public void whatWasReadIsStillKnownAfterAPruning() {
    BackfillId id = completed(2);
    store.prune(Duration.ZERO, 1_000);

    assertThat(store.get(id).counters().processed()).isEqualTo(2);
    assertThat(store.get(id).state().status()).isEqualTo(BackfillStatus.COMPLETED);
  }

  /** Of several processes one prunes in each period. */
  @Test
  public void thePruningIsClaimedOnceInItsPeriod() {
    assertThat(store.claimPruning(HOUR)).isTrue();
    assertThat(store.claimPruning(HOUR)).isFalse();
    assertThat(store.claimPruning(HOUR)).isFalse();
  }

  /** The latest of many are found without reading the others. */
  @Test
  public void theLatestTransitionsComeNewestFirst() {
    BackfillId id = completed(1);
    List<Transition> all = store.transitions(id, 0, 100);

    assertThat(store.latestTransitions(id, 1)).containsExactly(all.get(all.size() - 1));
    assertThat(store.latestTransitions(id, 100)).hasSameElementsAs(all).hasSize(all.size());
  }

  private BackfillId register(String target) {
    return store.register(new BackfillKey(KEY.source(), target), "manual").id();
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
            new ChunkCommit.Measures(1, "one", 1, null, Duration.ofMillis(5), Instant.now()),
            Total.exact(number)),
        new RecordingSink());
  }
}
