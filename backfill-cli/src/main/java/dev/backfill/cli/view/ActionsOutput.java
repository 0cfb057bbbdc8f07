package dev.backfill.cli.view;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.event.BackfillListener;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.cli.run.Database;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.text.Redaction;
import dev.backfill.core.manager.RunSummary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Output of a run on GitHub Actions: annotations of failures, and a table of the progress in the
 * job's summary. Prints nothing elsewhere.
 *
 * @see <a
 *     href="https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands">GitHub:
 *     workflow commands</a>
 */
public final class ActionsOutput implements BackfillListener {

  /** Max rows, so that the summary stays below GitHub's limit of 1 MiB. */
  private static final int MAX_ROWS = 500;

  private final PrintWriter out;
  private final boolean annotates;
  private final @Nullable Path summary;
  private final @Nullable String runLink;

  private ActionsOutput(
      PrintWriter out, boolean annotates, @Nullable Path summary, @Nullable String runLink) {
    this.out = out;
    this.annotates = annotates;
    this.summary = summary;
    this.runLink = runLink;
  }

  public static ActionsOutput of(Map<String, String> environment, PrintWriter out) {
    String file = environment.getOrDefault("GITHUB_STEP_SUMMARY", "");
    return new ActionsOutput(
        out,
        "true".equals(environment.get("GITHUB_ACTIONS")),
        file.isBlank() ? null : Path.of(file),
        runLink(environment));
  }

  private static @Nullable String runLink(Map<String, String> environment) {
    String server = environment.getOrDefault("GITHUB_SERVER_URL", "");
    String repository = environment.getOrDefault("GITHUB_REPOSITORY", "");
    String run = environment.getOrDefault("GITHUB_RUN_ID", "");
    boolean known =
        server.matches("https://[A-Za-z0-9.:-]+")
            && repository.matches("[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
            && run.matches("\\d{1,18}");
    return known ? server + "/" + repository + "/actions/runs/" + run : null;
  }

  /** Returns the link to this run; null outside of GitHub Actions. */
  public @Nullable String runLink() {
    return runLink;
  }

  @Override
  public void onEvent(BackfillEvent event) {
    if (annotates
        && event instanceof BackfillEvent.SliceEnded ended
        && ended.status() == BackfillStatus.FAILED) {
      out.println(
          "::error title="
              + property("Backfill of " + Format.stream(ended.key()))
              + "::"
              + message(String.valueOf(ended.error())));
      out.flush();
    }
  }

  private static String message(String text) {
    return Redaction.masked(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String property(String text) {
    return message(text).replace(":", "%3A").replace(",", "%2C");
  }

  /** Writes the job's summary, if GitHub Actions names a file for it. */
  public void summarize(Database database, RunSummary run) {
    if (summary == null) {
      return;
    }
    try {
      Files.writeString(
          summary,
          markdown(database.backfills(), run),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new TransientFailureException(
          "The job's summary could not be written (%s). Committed items are stored.".formatted(e),
          e);
    }
  }

  static String markdown(List<Backfill> backfills, RunSummary run) {
    StringBuilder text = new StringBuilder("## Backfill\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            "%,d slice(s), %,d item(s), %,d stream(s) completed, %,d failure(s).%n%n",
            run.slices(),
            run.counts().items(),
            run.completed(),
            run.failed()));
    text.append("| Repository | Stream | Status | Done | Percent | Remarks |\n");
    text.append("| --- | --- | --- | ---: | ---: | --- |\n");
    backfills.stream().limit(MAX_ROWS).forEach(backfill -> row(text, backfill));
    if (backfills.size() > MAX_ROWS) {
      text.append(String.format(Locale.ROOT, "\n%,d more.%n", backfills.size() - MAX_ROWS));
    }
    return text.toString();
  }

  private static void row(StringBuilder text, Backfill backfill) {
    OptionalDouble percent = StatusText.percent(backfill);
    Decision.Wait waiting = backfill.waiting();
    String error = backfill.lastError();
    String remark =
        error != null
            ? error
            : waiting == null
                ? ""
                : "%s until %s"
                    .formatted(
                        waiting.reason(), Format.moment(waiting.until(), ZoneId.systemDefault()));
    text.append("| ")
        .append(cell(backfill.key().target()))
        .append(" | ")
        .append(cell(Format.stream(backfill.key().source())))
        .append(" | ")
        .append(Format.words(backfill.status()))
        .append(" | ")
        .append(RunText.position(backfill.counters()))
        .append(" | ")
        .append(percent.isPresent() ? Format.percent(percent.getAsDouble()) : "")
        .append(" | ")
        .append(cell(Redaction.masked(remark)))
        .append(" |\n");
  }

  private static String cell(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    String cut = line.length() <= 300 ? line : line.substring(0, 300) + "...";
    return cut.replaceAll("([|<>`@\\[\\]\\\\])", "\\\\$1");
  }
}
