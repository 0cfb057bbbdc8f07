package dev.backfill.cli;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.cli.run.RunReport;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.JobResult.Outcome;
import dev.backfill.core.run.SliceResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Made-up results for tests of what is said about them. */
final class Results {

  static final Instant UNTIL = Instant.parse("2026-11-23T20:05:06.5Z");
  static final String TARGET = "apache/kafka";

  private Results() {}

  static RunReport report(JobResult... results) {
    return new RunReport(List.of(results), Duration.ofSeconds(67), false);
  }

  static JobResult ended(Outcome outcome) {
    return ended("github:pull-requests", outcome, "because", null);
  }

  static JobResult ended(
      String source, Outcome outcome, String message, BackfillException failure) {
    return new JobResult(
        new BackfillKey(source, TARGET),
        outcome,
        backfill(source, BackfillStatus.RUNNING, null, null, null),
        new SliceResult.Counts(2, 50, 40, 3, 1, 7),
        message,
        outcome == Outcome.WAITING ? UNTIL : null,
        failure);
  }

  static Backfill backfill(
      String source,
      BackfillStatus status,
      Decision.Wait waiting,
      String holder,
      String lastError) {
    return inPhase(Phase.HISTORY, source, status, waiting, holder, lastError);
  }

  static Backfill complete(String source, BackfillStatus status, String note) {
    return workedOn(source)
        .status(status)
        .note(note)
        .counters(new Backfill.Counters(Total.exact(0), 0, 0))
        .completedAt(UNTIL)
        .build();
  }

  static Backfill inPhase(
      Phase phase,
      String source,
      BackfillStatus status,
      Decision.Wait waiting,
      String holder,
      String lastError) {
    return workedOn(source)
        .status(status)
        .phase(phase)
        .waiting(waiting)
        .lastError(lastError)
        .counters(new Backfill.Counters(Total.exact(2_000), 1_050, 1))
        .lease(holder, UNTIL, false)
        .build();
  }

  private static Backfill.Builder workedOn(String source) {
    return Backfill.builder(new BackfillId(1), new BackfillKey(source, TARGET), "manual", UNTIL)
        .nextChunkNumber(3)
        .chunkSize(25)
        .startedAt(UNTIL);
  }
}
