package dev.backfill.github.internal.write;

import dev.backfill.api.quota.Quota;
import dev.backfill.api.report.FailureLog;
import dev.backfill.api.report.FailureReport;
import dev.backfill.api.store.BackfillKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The text of an issue. It mentions no account and contains no secret. */
final class IssueText {

  /** GitHub's limit is 65,536 characters in total. */
  private static final int MAX_ERROR = 20_000;

  private static final int MAX_FACT = 1_000;
  private static final int MAX_TITLE = 200;
  private static final int MAX_NAME = 200;

  /** The max number of listed repositories; the table stays far below GitHub's limit. */
  private static final int MAX_LIST = 50;

  private static final Pattern REQUEST = Pattern.compile("\\(request ([^)\\s]{1,100})\\)");

  private final SafeText safe;
  private final @Nullable String runLink;

  IssueText(Writer writer, @Nullable String runLink) {
    this.safe = new SafeText(writer::redact);
    this.runLink = runLink;
  }

  static String marker(String fingerprint) {
    return "<!-- " + SafeText.MARK + " " + fingerprint + " -->";
  }

  /** Names what the failure affects: one stream, one repository, or several repositories. */
  String title(FailureReport report, List<BackfillKey> affected) {
    String errorClass = Fingerprint.errorClass(report.failure());
    long targets = affected.stream().map(BackfillKey::target).distinct().count();
    String title;
    if (targets > 1) {
      title = "Backfill of " + targets + " repositories fails: " + errorClass;
    } else if (affected.size() > 1) {
      title = "Backfill of %s fails: %s".formatted(report.key().target(), errorClass);
    } else {
      title =
          "Backfill of %s fails: %s, %s"
              .formatted(report.key().target(), errorClass, report.key().source());
    }
    return safe.line(title, MAX_TITLE);
  }

  String body(FailureReport report, FailureLog.Entry entry, List<BackfillKey> affected) {
    String message = String.valueOf(report.failure().getMessage());
    StringBuilder body = new StringBuilder();
    body.append(marker(entry.fingerprint()))
        .append("\nThe backfill below has stopped. Stored items stay. It tries again by itself,")
        .append(" and continues where it stopped when the cause is gone. This issue is")
        .append(" then closed.\n\n| | |\n| --- | --- |\n");
    row(body, "What", report.key().source());
    row(body, "Where", report.key().target());
    row(body, "Class", Fingerprint.errorClass(report.failure()));
    row(body, "Chunk", Long.toString(report.chunkNumber()));
    row(body, "Cursor", report.cursor().value());
    row(body, "Attempts in the last run", Integer.toString(report.attempts()));
    row(body, "Failed so far", entry.count() + " time(s)");
    row(body, "First", entry.firstAt().toString());
    row(body, "Last", entry.lastAt().toString());
    row(body, "Ran on", report.executor());
    row(body, "Quota", quota(report.quota()));
    Matcher request = REQUEST.matcher(message);
    row(body, "GitHub's request", request.find() ? request.group(1) : "");
    if (runLink != null) {
      body.append("| Run | ").append(runLink).append(" |\n");
    }
    list(body, affected);
    body.append("\nThe last error, with the fix:\n\n");
    body.append(safe.block(message, MAX_ERROR));
    return body.toString();
  }

  /** Appends the repositories and their streams, if there are more than the one in the table. */
  private void list(StringBuilder body, List<BackfillKey> affected) {
    if (affected.size() < 2) {
      return;
    }
    Map<String, List<String>> streams = new TreeMap<>();
    affected.forEach(
        key ->
            streams.computeIfAbsent(key.target(), target -> new ArrayList<>()).add(key.source()));
    body.append("\nThe same cause stops:\n\n| Repository | Streams |\n| --- | --- |\n");
    streams.entrySet().stream()
        .limit(MAX_LIST)
        .forEach(
            each ->
                body.append("| `")
                    .append(cell(each.getKey()))
                    .append("` | `")
                    .append(cell(String.join(", ", each.getValue())))
                    .append("` |\n"));
    if (streams.size() > MAX_LIST) {
      body.append("\nand ").append(streams.size() - MAX_LIST).append(" more repositories.\n");
    }
  }

  private String cell(String value) {
    return safe.line(value, MAX_NAME).replaceAll("[|`\\s]+", " ").strip();
  }

  String comment(FailureReport report, FailureLog.Entry entry) {
    StringBuilder comment = new StringBuilder();
    comment
        .append("It has failed ")
        .append(entry.count())
        .append(" time(s) now, last at ")
        .append(entry.lastAt())
        .append(":\n\n");
    comment.append(safe.block(String.valueOf(report.failure().getMessage()), MAX_ERROR));
    return comment.toString();
  }

  static String recovery(FailureLog.Entry entry) {
    return String.format(
        Locale.ROOT,
        "It has worked again since %s, after %d failure(s).",
        entry.recoveredAt(),
        entry.count());
  }

  private static String quota(@Nullable Quota quota) {
    return quota == null
        ? ""
        : String.format(
            Locale.ROOT,
            "%,d of %,d left of %s until %s",
            quota.remaining(),
            quota.limit(),
            quota.resource(),
            quota.resetAt());
  }

  private void row(StringBuilder body, String name, String value) {
    String text = safe.line(value, MAX_FACT).replaceAll("[|`\\s]+", " ").strip();
    if (!text.isEmpty()) {
      body.append("| ").append(name).append(" | `").append(text).append("` |\n");
    }
  }
}
