package dev.backfill.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.source.Completeness;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.JobResult.Outcome;
import dev.backfill.core.run.RunOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The remark of a source on the completeness of what it reads. */
class SourceNoteTest {

  private static final String CUT = "GitHub cuts the list at 100 items.";

  private final EngineFixture fixture = new EngineFixture();
  private final ScriptedSource source = new ScriptedSource(120);

  @Test
  void gapsThatTheSourceNamesEndTheHistoryWithGaps() throws Exception {
    source.completeness = Completeness.withGaps(CUT);

    JobResult result = run();

    assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED_WITH_GAPS);
    assertThat(result.message()).isEqualTo("read to its end; " + CUT);
    Backfill backfill = fixture.backfill(source);
    assertThat(backfill.status()).isEqualTo(BackfillStatus.COMPLETED_WITH_GAPS);
    assertThat(backfill.note()).isEqualTo(CUT);
    assertThat(backfill.counters().quarantined()).isZero();
  }

  @Test
  void aRemarkOnAWholeHistoryLeavesItComplete() throws Exception {
    source.completeness = Completeness.whole("They are switched off.");

    JobResult result = run();

    assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(result.message()).isEqualTo("the whole history is stored; They are switched off.");
    assertThat(fixture.backfill(source).note()).isEqualTo("They are switched off.");
  }

  @Test
  void theNextCompletionReplacesTheNote() throws Exception {
    source.completeness = Completeness.withGaps(CUT);
    run();
    source.completeness = Completeness.WHOLE;

    assertThat(run().outcome()).isEqualTo(Outcome.COMPLETED);

    assertThat(fixture.backfill(source).note()).isNull();
  }

  @Test
  void aRetryOfTheQuarantineKeepsTheNote() throws Exception {
    source.completeness = Completeness.withGaps(CUT);
    source.poison.add(7);
    run();
    source.poison.clear();

    try (BackfillEngine engine = fixture.engine().build()) {
      engine.retryQuarantined(fixture.job(source));
    }

    Backfill backfill = fixture.backfill(source);
    assertThat(backfill.counters().quarantined()).isZero();
    assertThat(backfill.status()).isEqualTo(BackfillStatus.COMPLETED_WITH_GAPS);
    assertThat(backfill.note()).isEqualTo(CUT);
  }

  @Test
  void aComparisonWithTheSourceKeepsTheNote() throws Exception {
    source.completeness = Completeness.withGaps(CUT);
    source.lists = true;

    assertThat(run().outcome()).isEqualTo(Outcome.COMPLETED_WITH_GAPS);

    assertThat(fixture.backfill(source).note()).isEqualTo(CUT);
  }

  @Test
  void twoRemarksAreKeptTogether() {
    Completeness cut = Completeness.withGaps("A.");
    Completeness off = Completeness.whole("B.");

    assertThat(cut.and(off)).isEqualTo(Completeness.withGaps("A.; B."));
    assertThat(off.and(cut)).isEqualTo(Completeness.withGaps("B.; A."));
    assertThat(Completeness.WHOLE.and(off)).isEqualTo(off);
    assertThat(off.and(Completeness.WHOLE)).isEqualTo(off);
    assertThat(cut.and(cut)).isEqualTo(cut);
    assertThat(cut.and(Completeness.unavailable("B.")))
        .isEqualTo(new Completeness(true, "A.; B.", true));
    assertThatThrownBy(() -> Completeness.withGaps(" "))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onlyACompletionHasANote() {
    assertThatThrownBy(() -> new LeaseRelease(BackfillStatus.PENDING, null, null, null, "A."))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private JobResult run() throws Exception {
    try (BackfillEngine engine = fixture.engine().build()) {
      return new BackfillRunner(engine)
          .run(List.of(fixture.job(source)), RunOptions.DEFAULT)
          .get(0);
    }
  }
}
