package dev.backfill.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.JobResult.Outcome;
import dev.backfill.core.run.RunOptions;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A history is complete when what is stored was compared with what there is. */
class VerificationTest {

  private static final Completeness OFF = Completeness.unavailable("They are off.");

  private final EngineFixture fixture = new EngineFixture();
  private final ScriptedSource source = new ScriptedSource(200);
  private final InMemoryTable table = new InMemoryTable();
  private final BackfillSpec<Integer> job = new BackfillSpec<>(source, EngineFixture.TARGET, table);

  /** A sink that knows what it has. */
  private static final class InMemoryTable implements Sink<Integer> {

    final Set<Integer> items = new TreeSet<>();
    boolean knows = true;

    @Override
    public SinkCounts write(List<Integer> more, SinkTransaction transaction) {
      int before = items.size();
      items.addAll(more);
      return new SinkCounts(items.size() - before, 0);
    }

    @Override
    public OptionalLong count(String scope, SinkTransaction transaction) {
      return knows ? OptionalLong.of(items.size()) : OptionalLong.empty();
    }

    @Override
    public Optional<Set<String>> stored(
        String scope, List<String> keys, SinkTransaction transaction) {
      return Optional.of(
          keys.stream()
              .filter(key -> items.contains(Integer.valueOf(key)))
              .collect(Collectors.toSet()));
    }
  }

  @BeforeEach
  void list() {
    source.lists = true;
  }

  @Test
  void whereTheNumbersAgreeOneCountIsAllThatIsAsked() throws Exception {
    SliceResult result = run();

    assertComplete(result, 200);
    assertThat(source.counted).hasValue(1);
    assertThat(source.listed).hasValue(0);
  }

  @Test
  void anExactTotalOfTheSourceNeedsNoComparison() throws Exception {
    source.countsExactly = true;

    assertComplete(run(), 200);
    assertThat(source.counted).hasValue(0);
  }

  @Test
  void aSecondRunWithoutNewsComparesNothing() throws Exception {
    run();
    assertComplete(run(), 200);

    assertThat(source.counted).hasValue(1);
    assertThat(source.listed).hasValue(0);
  }

  /** What it knows of the reading is about the first one. */
  @Test
  void aCompleteHistoryIsComparedWithTheCountForAnyTotal() throws Exception {
    source.countsExactly = true;
    run();
    source.count = 210;

    assertComplete(run(), 210);
    assertThat(source.counted).hasValue(1);
  }

  @Test
  void withoutACountTheKeysAreCompared() throws Exception {
    source.counts = false;
    source.hidden.addAll(List.of(1, 77));

    assertComplete(run(), 200);
    assertThat(table.items).hasSize(200);
  }

  /** A source of somebody's own that never says that it is at its end. */
  @Test
  void aRereadingWithoutItemsEndsAsAMistake() throws Exception {
    source.hidden.add(7);
    source.rereadsNothing = true;

    assertThat(run())
        .isInstanceOfSatisfying(
            SliceResult.Stopped.class,
            stopped ->
                assertThat(stopped.failure()).hasMessageContaining("returned none of the items"));
  }

  @Test
  void aSourceThatCountsTooManyIsCompleteWithARemark() throws Exception {
    source.overcounted = 3;

    SliceResult result = run();

    assertComplete(result, 200);
    assertThat(result.backfill().note())
        .isEqualTo(
            "The source counts 203 items; 200 are stored or in quarantine, and none that it lists"
                + " is missing");
    assertThat(source.listed).hasPositiveValue();
  }

  @Test
  void aKnownDifferenceListsNothingAgain() throws Exception {
    source.overcounted = 3;
    String note = run().backfill().note();
    int listed = source.listed.get();
    int counted = source.counted.get();

    assertThat(run().backfill().note()).as("nothing is new").isEqualTo(note);
    assertThat(source.counted).hasValue(counted);
    source.count = 205;
    assertThat(run().backfill().note()).contains("208 items; 205 are");
    assertThat(source.counted).hasValue(counted + 1);
    assertThat(source.listed).hasValue(listed);
  }

  @Test
  void anotherDifferenceIsLookedInto() throws Exception {
    source.overcounted = 3;
    run();
    source.count = 210;
    source.hidden.add(204);

    assertThat(run().backfill().note()).contains("213 items; 210 are");
    assertThat(table.items).contains(204);
  }

  @Test
  void aDifferenceThatIsGoneIsNotRemarkedAnyMore() throws Exception {
    source.overcounted = 3;
    run();
    source.overcounted = 0;
    source.count = 201;

    SliceResult result = run();

    assertComplete(result, 201);
    assertThat(result.backfill().note()).isNull();
  }

  @Test
  void whatTheReadingMissedIsFoundAndRead() throws Exception {
    source.hidden.addAll(List.of(1, 77, 78, 200));

    SliceResult result = run();

    assertComplete(result, 200);
    assertThat(table.items).hasSize(200);
    assertThat(fixture.store.chunks(result.backfill().id(), 1, 100))
        .extracting(chunk -> chunk.inserted())
        .contains(1, 2, 1);
  }

  @Test
  void aVerificationKnowsWhatTheHistoryLearned() throws Exception {
    source.hidden.addAll(List.of(1, 77, 78, 200));

    SliceResult result = run();

    assertThat(fixture.store.chunks(result.backfill().id(), 1, 100))
        .hasSizeGreaterThan(8)
        .filteredOn(chunk -> chunk.sizeReason().startsWith("begins"))
        .extracting(CommittedChunk::number)
        .containsExactly(1L);
  }

  @Test
  void deletedRowsAreFoundAndOnlyTheyAreReadAgain() throws Exception {
    run();
    table.items.removeAll(List.of(3, 150));

    SliceResult result = run();

    assertComplete(result, 200);
    assertThat(table.items).hasSize(200);
    assertThat(result.counts().items()).isEqualTo(2);
  }

  @Test
  void aGapThatCannotBeFilledIsNamedInQuarantine() throws Exception {
    source.hidden.addAll(List.of(5, 6));
    source.rereads = false;

    SliceResult result = run();

    assertThat(result.backfill().status()).isEqualTo(BackfillStatus.COMPLETED_WITH_GAPS);
    assertThat(fixture.store.quarantined(result.backfill().id(), 10))
        .extracting(each -> each.item().key())
        .containsExactly("5", "6");
    assertThat(result.backfill().counters())
        .isEqualTo(new Backfill.Counters(Total.exact(200), 200, 2));
  }

  @Test
  void aGapThatTheSourceRejectsIsInQuarantineWithItsError() throws Exception {
    source.hidden.add(5);
    source.poison.add(5);

    SliceResult result = run();

    assertThat(result.backfill().status()).isEqualTo(BackfillStatus.COMPLETED_WITH_GAPS);
    assertThat(fixture.store.quarantined(result.backfill().id(), 10))
        .extracting(QuarantinedItem::item)
        .extracting("key", "error")
        .containsExactly(tuple("5", "poison"));
    assertThat(run().backfill().counters().quarantined()).as("and no gap any more").isEqualTo(1);
  }

  @Test
  void storedAndQuarantinedAreWhatWasSeenAlsoAfterDuplicates() throws Exception {
    // Handed out once more after the history: already stored, so that nothing is new.
    source.changed.addAll(List.of(10, 11, 12));
    source.poison.add(100);
    table.items.addAll(List.of(20, 21));

    SliceResult result = run();

    Backfill.Counters counters = result.backfill().counters();
    assertThat(counters.processed()).isEqualTo(table.items.size() + counters.quarantined());
    assertThat(counters).isEqualTo(new Backfill.Counters(Total.exact(200), 200, 1));
  }

  @Test
  void anInterruptedVerificationContinuesAtItsCursor() throws Exception {
    IntStream.rangeClosed(1, 200).filter(n -> n % 7 == 0).forEach(source.hidden::add);
    SliceLimits one = SliceLimits.UNLIMITED.withMaxChunks(1);
    int slices = 0;
    SliceResult result;
    do {
      try (BackfillEngine engine = fixture.engine().build()) {
        result = engine.runSlice(job, one);
      }
    } while (!(result instanceof SliceResult.Done) && ++slices < 100);

    assertComplete(result, 200);
    assertThat(table.items).hasSize(200);
    assertThat(source.listed.get()).as("pages, each about once").isLessThan(60);
    assertThat(result.backfill().verifyCursor()).isEqualTo(Cursor.START);
  }

  /** Rows that are deleted at the source since an earlier reading are no items of this one. */
  @ParameterizedTest
  @CsvSource({"true, 100", "true, 2", "false, 100", "false, 2"})
  void aHistoryThatIsReadAgainIsComparedByKeys(boolean counted, int chunks) throws Exception {
    source.countsExactly = counted;
    run();
    table.items.addAll(List.of(901, 902));
    table.items.remove(77);
    source.hidden.add(77);
    fixture.store.reload(fixture.backfill(source).id(), RequestedBy.by("ann", "to see"));
    SliceResult result;
    try (BackfillEngine engine = fixture.engine().build()) {
      do {
        result = engine.runSlice(job, SliceLimits.UNLIMITED.withMaxChunks(chunks));
      } while (result instanceof SliceResult.ContinueNow);
    }

    assertThat(result).isInstanceOf(SliceResult.Done.class);
    assertThat(table.items).contains(77);
  }

  @Test
  void aLimitInTheMiddleOfAVerificationIsWaitedFor() throws Exception {
    source.hidden.add(150);
    for (int i = 0; i < 5; i++) {
      source.script.add(() -> {});
    }
    source.script.add(
        () -> {
          throw RateLimitedException.primary(
              fixture.time.now().plus(Duration.ofSeconds(5)), "quota");
        });

    assertComplete(run(), 200);
    assertThat(table.items).hasSize(200);
  }

  @Test
  void aFailureInTheMiddleOfAVerificationLeavesItForTheNextRun() throws Exception {
    source.hidden.addAll(List.of(4, 190));
    for (int i = 0; i < 6; i++) {
      source.script.add(() -> {});
    }
    source.script.add(
        () -> {
          throw new PermanentFailureException(
              PermanentFailureException.Reason.FORBIDDEN, "no", null);
        });

    assertThat(run()).isInstanceOf(SliceResult.Stopped.class);
    assertThat(fixture.backfill(source).status()).isEqualTo(BackfillStatus.FAILED);

    assertComplete(run(), 200);
    assertThat(table.items).hasSize(200);
  }

  @Test
  void aFullVerificationFindsWhatNumbersHide() throws Exception {
    run();
    table.items.remove(42);
    table.items.add(1_000);
    assertThat(run().counts().items()).as("the numbers agree").isZero();

    JobResult result;
    try (BackfillEngine engine = fixture.engine().build()) {
      result = new BackfillRunner(engine).verify(List.of(job), RunOptions.DEFAULT).get(0);
    }

    assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(result.counts().items()).isEqualTo(1);
    assertThat(table.items).contains(42);
    assertThat(fixture.backfill(source).phase()).isEqualTo(Phase.VERIFY);
  }

  @Test
  void aListingWithGapsProvesNoCompleteness() throws Exception {
    run();
    source.listingCompleteness = Completeness.withGaps("the list ends early");

    SliceResult result;
    try (BackfillEngine engine = fixture.engine().build()) {
      result = engine.verify(job, SliceLimits.UNLIMITED);
    }

    assertThat(result.backfill().status()).isEqualTo(BackfillStatus.COMPLETED_WITH_GAPS);
    assertThat(result.backfill().note()).isEqualTo("the list ends early");
  }

  @Test
  void aVerificationInSlicesOfAFewPagesEnds() throws Exception {
    source.hidden.add(195);
    SliceLimits short8 = SliceLimits.UNLIMITED.withMaxDuration(Duration.ofSeconds(8));
    for (int i = 0; i < 1_000; i++) {
      source.script.add(() -> fixture.time.advance(Duration.ofSeconds(1)));
    }
    SliceResult result;
    int slices = 0;
    do {
      try (BackfillEngine engine = fixture.engine().build()) {
        result = engine.runSlice(job, short8);
      }
    } while (!(result instanceof SliceResult.Done) && ++slices < 50);

    assertComplete(result, 200);
    assertThat(source.listed.get()).as("each page about once").isLessThan(30);
  }

  @Test
  void aVerificationRunsEvenIfEarlierTasksFillEverySlice() throws Exception {
    source.hidden.add(195);
    SliceLimits minute = SliceLimits.UNLIMITED.withMaxDuration(Duration.ofMinutes(1));
    SliceResult result;
    int slices = 0;
    do {
      source.script.clear();
      source.script.add(() -> fixture.time.advance(Duration.ofSeconds(70)));
      try (BackfillEngine engine = fixture.engine().build()) {
        result = engine.runSlice(job, minute);
      }
    } while (!(result instanceof SliceResult.Done) && ++slices < 50);

    assertComplete(result, 200);
  }

  @Test
  void anItemWhoseNewerCopyIsRefusedCountsOnceAndHidesNoGap() throws Exception {
    run();
    source.changed.add(10);
    source.poison.add(10);
    SliceResult second = run();
    assertThat(second.backfill().counters())
        .isEqualTo(new Backfill.Counters(Total.exact(200), 200, 1));
    table.items.remove(42);

    assertThat(run().backfill().counters())
        .isEqualTo(new Backfill.Counters(Total.exact(200), 200, 1));
    assertThat(table.items).contains(42);
  }

  /** Deletions make the numbers agree once the source has its items again. */
  @Test
  void aFirstComparisonThatHadToWaitComparesEveryKey() throws Exception {
    source.hidden.add(42);
    table.items.add(1_000);
    source.completeness = OFF;
    assertThat(run().backfill().note()).contains("They are off.", "not yet compared");
    assertThat(source.listed).hasValue(0);
    assertThat(run().backfill().note()).as("and still so").contains("not yet compared");

    source.completeness = Completeness.WHOLE;
    SliceResult result = run();

    assertThat(result.backfill().status()).isEqualTo(BackfillStatus.COMPLETED);
    assertThat(table.items).contains(42);
    assertThat(result.backfill().note()).isNull();
  }

  @Test
  void aComparisonThatWaitsSurvivesAnInterruption() throws Exception {
    source.hidden.add(42);
    table.items.add(1_000);
    source.completeness = OFF;
    run();
    source.completeness = Completeness.WHOLE;
    source.script.add(() -> {});
    source.script.add(
        () -> {
          throw new PermanentFailureException(
              PermanentFailureException.Reason.FORBIDDEN, "no", null);
        });
    assertThat(run()).isInstanceOf(SliceResult.Stopped.class);

    assertThat(run()).isInstanceOf(SliceResult.Done.class);

    assertThat(table.items).contains(42);
  }

  /** The history ended while the source had its items, and the listing came too late. */
  @Test
  void aListingThatEndsForAWhileComparesEveryKeyLater() throws Exception {
    source.hidden.add(195);
    for (int i = 0; i < 10; i++) {
      source.script.add(() -> {});
    }
    source.script.add(() -> source.listingCompleteness = OFF);
    SliceResult result = run();
    assertThat(result).isInstanceOf(SliceResult.Done.class);
    assertThat(result.backfill().note()).contains("They are off.", "not yet compared");
    table.items.add(1_000);

    source.listingCompleteness = Completeness.WHOLE;
    assertThat(run()).isInstanceOf(SliceResult.Done.class);

    assertThat(table.items).contains(195);
  }

  @Test
  void whatWasComparedBeforeWaitsForNoComparison() throws Exception {
    run();
    source.completeness = OFF;
    assertThat(run().backfill().note()).isEqualTo("They are off.");

    source.completeness = Completeness.WHOLE;
    assertComplete(run(), 200);
    assertThat(source.listed).hasValue(0);
  }

  @Test
  void aFullVerificationOfWhatIsWithheldIsMadeLater() throws Exception {
    run();
    table.items.remove(42);
    table.items.add(1_000);
    source.completeness = OFF;
    try (BackfillEngine engine = fixture.engine().build()) {
      SliceResult result = engine.verify(job, SliceLimits.UNLIMITED);
      assertThat(result.backfill().note()).contains("not yet compared");
    }

    source.completeness = Completeness.WHOLE;
    run();

    assertThat(table.items).contains(42);
  }

  @Test
  void withASinkThatCannotCountTheCountersDecide() throws Exception {
    table.knows = false;
    source.hidden.add(9);

    assertThat(run()).isInstanceOf(SliceResult.Done.class);
    assertThat(source.counted).hasValue(0);
    assertThat(source.listed).hasValue(0);
  }

  private SliceResult run() throws InterruptedException {
    try (BackfillEngine engine = fixture.engine().build()) {
      return engine.runSlice(job, SliceLimits.UNLIMITED);
    }
  }

  private static void assertComplete(SliceResult result, long items) {
    assertThat(result).isInstanceOf(SliceResult.Done.class);
    assertThat(result.backfill().status()).isEqualTo(BackfillStatus.COMPLETED);
    assertThat(result.backfill().counters())
        .isEqualTo(new Backfill.Counters(Total.exact(items), items, 0));
  }
}
