package dev.backfill.cli.view;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.cli.option.Invocation;
import dev.backfill.cli.run.RunReport;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.text.Table;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.JobResult.Outcome;
import dev.backfill.core.run.SliceResult;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A run's result as text. */
public final class RunText {

  private RunText() {}

  /** Returns the summary for standard output, with a line for each stream. */
  public static String of(RunReport report) {
    StringBuilder text = new StringBuilder();
    report
        .byTarget()
        .forEach(
            (target, results) -> {
              text.append(target).append(System.lineSeparator());
              text.append(
                  Table.of(
                      results.stream().map(result -> row(result, report.dryRun())).toList(), "  "));
            });
    return text.append(
            "%s in %s%s.%n"
                .formatted(
                    sentenceCase(Format.words(report.outcome())),
                    Format.duration(report.duration()),
                    report.dryRun() ? "; dry run, nothing was written" : ""))
        .toString();
  }

  private static List<String> row(JobResult result, boolean dryRun) {
    SliceResult.Counts counts = result.counts();
    String run =
        dryRun
            ? "%s read".formatted(Format.number(counts.items()))
            : "%s new, %s changed"
                .formatted(Format.number(counts.inserted()), Format.number(counts.updated()));
    return List.of(
        Format.stream(result.key().source()),
        Format.words(result.outcome()),
        position(result.backfill()),
        "%s, %s%s"
            .formatted(run, Format.count(counts.quotaSpent(), "request"), note(result.backfill())));
  }

  private static String note(@Nullable Backfill backfill) {
    return backfill != null
            && backfill.note() != null
            && backfill.status() == BackfillStatus.COMPLETED
        ? "; " + backfill.note()
        : "";
  }

  private static String position(@Nullable Backfill backfill) {
    return backfill == null ? "-" : position(backfill.counters());
  }

  public static String position(Backfill.Counters counters) {
    return Format.position(counters.processed(), counters.total());
  }

  /** Returns the sentences for standard error: problems, and how to fix them. */
  public static List<String> advice(RunReport report, Invocation invocation) {
    List<String> advice = new ArrayList<>(failures(report));
    for (JobResult result : report.with(Outcome.COMPLETED_WITH_GAPS)) {
      advice.add("backfill: %s: %s.".formatted(Format.stream(result.key()), result.message()));
    }
    addControlled(report, Outcome.PAUSED, invocation, advice);
    addControlled(report, Outcome.CANCELLED, invocation, advice);
    report.with(Outcome.WAITING).stream()
        .map(result -> "%s waits: %s".formatted(Format.stream(result.key()), result.message()))
        .map(sentence -> "backfill: " + ended(sentence))
        .forEach(advice::add);
    if (!report.with(Outcome.WAITING).isEmpty()) {
      report
          .continueAt()
          .map(at -> "Come back at %s.".formatted(Format.moment(at, ZoneId.systemDefault())))
          .ifPresent(advice::add);
    }
    return advice;
  }

  /** Returns one sentence for streams of a repository that failed for the same reason. */
  private static Collection<String> failures(RunReport report) {
    Map<List<Object>, String> sentences = new LinkedHashMap<>();
    for (JobResult result : report.with(Outcome.FAILED)) {
      String target = result.key().target();
      sentences.putIfAbsent(
          List.of(target, reason(result)),
          "backfill: %s: %s".formatted(target, ended(result.message())));
    }
    return sentences.values();
  }

  private static Object reason(JobResult result) {
    BackfillException failure = result.failure();
    if (failure instanceof PermanentFailureException permanent) {
      return permanent.reason();
    }
    return failure == null ? result.message() : failure.getClass();
  }

  private static void addControlled(
      RunReport report, Outcome outcome, Invocation invocation, List<String> advice) {
    report.with(outcome).stream()
        .map(result -> result.key().target())
        .distinct()
        .map(
            target ->
                "backfill: A user %s %s. Committed items are stored. Continue with: %s"
                    .formatted(
                        Format.lowerCase(outcome), target, invocation.with("resume " + target)))
        .forEach(advice::add);
  }

  private static String ended(String sentence) {
    return sentence.endsWith(".") ? sentence : sentence + ".";
  }

  private static String sentenceCase(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
