package dev.backfill.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.policy.FailureBudget;
import dev.backfill.core.policy.StandardRateLimitPolicy;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.core.run.SliceResult.StopReason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Items that the store refuses for their data. */
class PoisonItemTest {

  private final EngineFixture fixture = new EngineFixture();
  private final ScriptedSource source = new ScriptedSource(1_000);
  private final Set<Integer> poison = new TreeSet<>(Set.of(1, 2, 50, 51, 444, 999, 1_000));
  private final Set<Integer> stored = new TreeSet<>();
  private int writes;

  @Test
  void ofAThousandItemsTheSevenPoisonOnesAreQuarantined() throws Exception {
    SliceResult result = run(new BackfillSpec<>(source, EngineFixture.TARGET, strict()));

    assertThat(result).isInstanceOf(SliceResult.Done.class);
    Backfill backfill = fixture.backfill(source);
    assertThat(backfill.status()).isEqualTo(BackfillStatus.COMPLETED_WITH_GAPS);
    assertThat(backfill.counters()).isEqualTo(new Backfill.Counters(Total.exact(1_000), 1_000, 7));
    assertThat(stored).hasSize(993).doesNotContainAnyElementsOf(poison);
    assertThat(fixture.store.quarantined(backfill.id(), 100))
        .hasSize(7)
        .allSatisfy(
            each -> {
              assertThat(poison).contains(Integer.parseInt(each.item().key()));
              assertThat(each.item().error()).contains(each.item().key() + " is refused");
              assertThat(each.item().payload()).isEqualTo(each.item().key());
              assertThat(each.attempts()).isEqualTo(1);
            });
    assertThat(fixture.events(BackfillEvent.ChunkCommitted.class))
        .filteredOn(chunk -> !chunk.quarantined().isEmpty())
        .hasSize(4);
    List<CommittedChunk> chunks = fixture.store.chunks(backfill.id(), 1, 100);
    assertThat(chunks).extracting(CommittedChunk::number).containsExactly(numbers(20));
    assertThat(chunks.stream().mapToInt(chunk -> chunk.quarantined()).sum()).isEqualTo(7);
  }

  @Test
  void isolatingCostsAFewWritesForEachPoisonItem() throws Exception {
    run(new BackfillSpec<>(source, EngineFixture.TARGET, strict()));

    // Twenty chunks, a refused commit for each chunk with poison, and halves: 2 log2(50) an item.
    assertThat(writes).isLessThan(20 + 4 + 7 * 2 * 6);
  }

  @Test
  void onceTheCauseIsGoneARetryStoresAllOfThem() throws Exception {
    BackfillSpec<Integer> job = new BackfillSpec<>(source, EngineFixture.TARGET, strict());
    run(job);
    poison.remove(444);
    SliceResult early = retry(job);
    assertThat(early.backfill().counters().quarantined()).isEqualTo(6);
    assertThat(fixture.store.quarantined(early.backfill().id(), 100))
        .extracting(QuarantinedItem::attempts)
        .containsOnly(2);

    poison.clear();
    SliceResult late = retry(job);

    assertThat(late).isInstanceOf(SliceResult.Done.class);
    assertThat(late.backfill().status()).isEqualTo(BackfillStatus.COMPLETED);
    assertThat(late.backfill().counters())
        .isEqualTo(new Backfill.Counters(Total.exact(1_000), 1_000, 0));
    assertThat(stored).hasSize(1_000);
  }

  @Test
  void ofTwoItemsThatOnlyRefuseEachOtherOneIsStored() throws Exception {
    poison.clear();
    Sink<Integer> sink =
        (items, transaction) -> {
          Set<Integer> all = new HashSet<>(stored);
          all.addAll(items);
          if (all.containsAll(List.of(3, 48))) {
            throw new PoisonItemException("3 and 48 are the same.", null);
          }
          return write(items);
        };

    SliceResult result = run(new BackfillSpec<>(source, EngineFixture.TARGET, sink));

    assertThat(result.backfill().counters().quarantined()).isEqualTo(1);
    assertThat(fixture.store.quarantined(result.backfill().id(), 10))
        .extracting(each -> each.item().key())
        .containsExactly("48");
    assertThat(stored).hasSize(999).contains(3);
  }

  @Test
  void systemicErrorsQuarantineNothing() throws Exception {
    PermanentFailureException diskFull =
        new PermanentFailureException(Reason.STORE_REFUSED, "The disk is full.", null);
    poison.clear();
    poison.add(70);
    Sink<Integer> sink =
        (items, transaction) -> {
          // The disk fills up while the poison item is being looked for.
          if (items.contains(70) && items.size() < 30) {
            throw diskFull;
          }
          return strict().write(items, transaction);
        };

    SliceResult result = run(new BackfillSpec<>(source, EngineFixture.TARGET, sink));

    assertThat(result).isInstanceOf(SliceResult.Stopped.class);
    assertThat(((SliceResult.Stopped) result).failure()).isSameAs(diskFull);
    assertThat(fixture.store.quarantined(result.backfill().id(), 10)).isEmpty();
    assertThat(fixture.backfill(source).nextChunkNumber()).isEqualTo(2);
  }

  @Test
  void aTransientErrorWhileIsolatingIsTriedAgain() throws Exception {
    List<String> failures = new ArrayList<>();
    Sink<Integer> sink =
        (items, transaction) -> {
          if (items.size() == 1 && failures.size() < 3) {
            failures.add("once more");
            throw new TransientFailureException("The connection was reset.", null);
          }
          return strict().write(items, transaction);
        };

    SliceResult result = run(new BackfillSpec<>(source, EngineFixture.TARGET, sink));

    assertThat(failures).hasSize(3);
    assertThat(result.backfill().counters().quarantined()).isEqualTo(7);
    assertThat(stored).hasSize(993);
  }

  @Test
  void aRefusalThatNoItemCausesEndsTheJobAndQuarantinesNothing() throws Exception {
    Sink<Integer> sink =
        (items, transaction) -> {
          writes++;
          // Every commit is refused, every rehearsal passes.
          if (writes % 2 == 1) {
            throw new PoisonItemException("A trigger refuses at random.", null);
          }
          return new SinkCounts(items.size(), 0);
        };

    SliceResult result = run(new BackfillSpec<>(source, EngineFixture.TARGET, sink));

    assertThat(result).isInstanceOf(SliceResult.Stopped.class);
    assertThat(((SliceResult.Stopped) result).message()).contains("A trigger refuses at random.");
    assertThat(fixture.store.quarantined(result.backfill().id(), 10)).isEmpty();
  }

  @Test
  void tooMuchQuarantineEndsTheJobBeforeTheChunkUntilFixed() throws Exception {
    poison.clear();
    IntStream.rangeClosed(201, 1_000).forEach(poison::add);
    BackfillSpec<Integer> job = new BackfillSpec<>(source, EngineFixture.TARGET, strict());

    SliceResult result = run(job);

    assertThat(result)
        .isInstanceOfSatisfying(
            SliceResult.Stopped.class,
            stopped -> {
              assertThat(stopped.reason()).isEqualTo(StopReason.FAILED);
              assertThat(stopped.message())
                  .contains(
                      "150 of 350 item(s) in quarantine", "budget of 100 or 10 %", "is refused");
              assertThat(((PermanentFailureException) stopped.failure()).reason())
                  .isEqualTo(Reason.TOO_MANY_REJECTED);
            });
    Backfill stopped = fixture.backfill(source);
    assertThat(stopped.counters().quarantined()).isEqualTo(100);
    assertThat(stopped.counters().processed()).isEqualTo(300);
    assertThat(stopped.status()).isEqualTo(BackfillStatus.FAILED);

    poison.removeIf(number -> number > 300);
    run(job);

    assertThat(fixture.backfill(source).counters())
        .isEqualTo(new Backfill.Counters(Total.exact(1_000), 1_000, 100));
    assertThat(stored).hasSize(900);
  }

  @Test
  void aQuarantinedItemCostsNoBudgetWhenItIsReadAgain() throws Exception {
    BackfillSpec<Integer> job = new BackfillSpec<>(source, EngineFixture.TARGET, strict());
    FailureBudget seven = FailureBudget.ofItems(7);
    try (BackfillEngine engine = fixture.engine().failureBudget(seven).build()) {
      engine.runSlice(job, SliceLimits.UNLIMITED);
      source.changed.addAll(List.of(1, 2, 444));

      SliceResult again = engine.runSlice(job, SliceLimits.UNLIMITED);

      assertThat(again).isInstanceOf(SliceResult.Done.class);
      assertThat(again.backfill().counters().quarantined()).isEqualTo(7);
    }
  }

  @Test
  void aBudgetOfItsOwnReplacesTheUsualOne() throws Exception {
    try (BackfillEngine engine = fixture.engine().failureBudget(FailureBudget.ofItems(1)).build()) {
      SliceResult result =
          engine.runSlice(
              new BackfillSpec<>(source, EngineFixture.TARGET, strict()), SliceLimits.UNLIMITED);

      assertThat(result).isInstanceOf(SliceResult.Stopped.class);
      assertThat(fixture.backfill(source).counters().processed()).isZero();
    }
  }

  private SliceResult run(BackfillSpec<Integer> job) throws InterruptedException {
    try (BackfillEngine engine = engine()) {
      return engine.runSlice(job, SliceLimits.UNLIMITED);
    }
  }

  private SliceResult retry(BackfillSpec<Integer> job) throws InterruptedException {
    try (BackfillEngine engine = engine()) {
      return engine.retryQuarantined(job);
    }
  }

  private BackfillEngine engine() {
    return fixture.engine().policy(StandardRateLimitPolicy.ofDefaults().withFixedSize(50)).build();
  }

  /** Refuses a batch with poison in it, as a table with a constraint does. */
  private Sink<Integer> strict() {
    return (items, transaction) -> {
      writes++;
      for (Integer item : items) {
        if (poison.contains(item)) {
          throw new PoisonItemException(item + " is refused.", null);
        }
      }
      return write(items);
    };
  }

  private SinkCounts write(List<Integer> items) {
    int before = stored.size();
    stored.addAll(items);
    return new SinkCounts(stored.size() - before, 0);
  }

  private static Long[] numbers(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(Long::valueOf).toArray(Long[]::new);
  }
}
