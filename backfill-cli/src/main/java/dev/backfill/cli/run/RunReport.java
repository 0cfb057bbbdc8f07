package dev.backfill.cli.run;

import dev.backfill.cli.text.ExitCode;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.JobResult.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The result of a run.
 *
 * @param results one for each stream; not empty
 * @param duration the duration of the run
 * @param dryRun true if nothing was written
 */
public record RunReport(List<JobResult> results, Duration duration, boolean dryRun) {

  /** From the best to the worst. */
  private static final List<Outcome> SEVERITY =
      List.of(
          Outcome.COMPLETED,
          Outcome.LIMIT_REACHED,
          Outcome.COMPLETED_WITH_GAPS,
          Outcome.WAITING,
          Outcome.PAUSED,
          Outcome.CANCELLED,
          Outcome.FAILED,
          Outcome.INTERRUPTED);

  public RunReport {
    results = List.copyOf(results);
  }

  /** Returns the worst outcome of all streams. */
  public Outcome outcome() {
    return results.stream()
        .map(JobResult::outcome)
        .max(Comparator.comparingInt(SEVERITY::indexOf))
        .orElseThrow();
  }

  public ExitCode exitCode() {
    return switch (outcome()) {
      case COMPLETED, LIMIT_REACHED -> ExitCode.DONE;
      case COMPLETED_WITH_GAPS -> ExitCode.GAPS;
      case WAITING -> ExitCode.WAITING;
      // A user's pause is no failure of the program, but the history is incomplete.
      case PAUSED, CANCELLED, FAILED -> ExitCode.FAILED;
      case INTERRUPTED -> ExitCode.INTERRUPTED;
    };
  }

  public boolean isInterrupted() {
    return outcome() == Outcome.INTERRUPTED;
  }

  public List<JobResult> with(Outcome outcome) {
    return results.stream().filter(result -> result.outcome() == outcome).toList();
  }

  /** Returns the end of the first wait, at which a stream can continue. */
  public Optional<Instant> continueAt() {
    return results.stream().map(JobResult::until).filter(Objects::nonNull).min(Instant::compareTo);
  }

  public Map<String, List<JobResult>> byTarget() {
    return results.stream()
        .collect(
            Collectors.groupingBy(
                result -> result.key().target(), LinkedHashMap::new, Collectors.toList()));
  }
}
