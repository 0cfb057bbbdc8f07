package dev.backfill.cli.view;

import dev.backfill.api.job.Job;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.text.Table;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The text of {@code status --watch}. */
final class WatchText {

  private static final List<String> HEADINGS =
      List.of(
          "TARGET",
          "STREAM",
          "STATUS",
          "PROGRESS",
          "DONE",
          "RATE",
          "LEFT",
          "QUOTA",
          "ON",
          "REMARKS");

  private static final int BAR = 20;

  private WatchText() {}

  /**
   * One row of the screen.
   *
   * @param backfill the backfill
   * @param job its job, or null if it is not tracked
   * @param latest its latest chunks, oldest first
   */
  record Row(Backfill backfill, @Nullable Job job, List<CommittedChunk> latest) {}

  static String of(
      List<Row> rows, List<Suspension> suspensions, Instant now, ZoneId zone, int width) {
    List<List<String>> table = new ArrayList<>();
    table.add(HEADINGS);
    rows.forEach(row -> table.add(cells(row, now, zone)));
    StringBuilder text = new StringBuilder();
    long done = rows.stream().filter(row -> row.backfill().status().isCompleted()).count();
    text.append(
        String.format(
            Locale.ROOT,
            "%s   %,d of %,d complete%n",
            Format.moment(now, zone),
            done,
            rows.size()));
    for (Suspension each : suspensions) {
      if (each.holds(now)) {
        Instant until = each.until();
        text.append(
            "switched off: %s%s: %s%n"
                .formatted(
                    each.subject(),
                    until == null ? "" : " until " + Format.moment(until, zone),
                    each.reason()));
      }
    }
    text.append(Table.of(table, ""));
    return text.toString()
        .lines()
        .map(line -> line.length() <= width ? line : line.substring(0, width))
        .reduce("", (all, line) -> all + line + System.lineSeparator());
  }

  private static List<String> cells(Row row, Instant now, ZoneId zone) {
    Backfill backfill = row.backfill();
    OptionalDouble percent = StatusText.percent(backfill);
    double rate = rate(row.latest());
    return List.of(
        backfill.key().target(),
        Format.stream(backfill.key().source()),
        Format.words(backfill.status()),
        percent.isPresent() ? bar(percent.getAsDouble()) : "-",
        RunText.position(backfill.counters()),
        rate > 0 ? Format.rate(rate) : "-",
        remaining(backfill, rate),
        quota(row.latest()),
        on(row.job()),
        remarks(row, now, zone));
  }

  private static String bar(double percent) {
    int full = (int) (percent * BAR / 100);
    return "[%s%s] %s".formatted("#".repeat(full), ".".repeat(BAR - full), Format.percent(percent));
  }

  /** Returns the items per second of active time over the latest chunks. */
  private static double rate(List<CommittedChunk> latest) {
    long items = latest.stream().mapToLong(chunk -> chunk.items()).sum();
    Duration active =
        latest.stream().map(chunk -> chunk.active()).reduce(Duration.ZERO, Duration::plus);
    return active.isZero() ? 0 : items * 1_000.0 / Math.max(1, active.toMillis());
  }

  private static String remaining(Backfill backfill, double rate) {
    if (backfill.status().isCompleted()) {
      return "-";
    }
    long total = backfill.counters().total().isKnown() ? backfill.counters().total().count() : -1;
    long items = total - backfill.counters().processed();
    return total < 0 || rate <= 0 || items < 0
        ? "?"
        : Format.duration(Duration.ofSeconds((long) (items / rate)));
  }

  private static String quota(List<CommittedChunk> latest) {
    Long remaining = latest.isEmpty() ? null : latest.get(latest.size() - 1).quotaRemaining();
    return remaining == null ? "-" : Format.number(remaining);
  }

  private static String on(@Nullable Job job) {
    Placement placement = job == null ? null : job.placement();
    return placement == null ? "-" : placement.destination().name();
  }

  private static String remarks(Row row, Instant now, ZoneId zone) {
    String wait = Format.wait(row.backfill(), now, zone);
    if (wait != null) {
      return wait;
    }
    String error = row.backfill().lastError();
    if (error != null) {
      return error.replaceAll("\\s+", " ");
    }
    Job job = row.job();
    Instant due = job == null ? null : job.dueAt();
    return job == null
        ? ""
        : due != null && due.isAfter(now)
            ? "due %s: %s".formatted(Format.moment(due, zone), job.reason())
            : job.reason();
  }
}
