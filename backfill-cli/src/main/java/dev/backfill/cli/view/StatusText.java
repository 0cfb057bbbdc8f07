package dev.backfill.cli.view;

import dev.backfill.api.event.Progress;
import dev.backfill.api.source.Phase;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.cli.progress.ProgressText;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.text.Table;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.StringJoiner;

/** The state of backfills as a table. */
public final class StatusText {

  private static final List<String> HEADINGS =
      List.of("TARGET", "STREAM", "STATUS", "DONE", "PERCENT", "QUARANTINED", "REMARKS");

  private StatusText() {}

  public static String of(List<Backfill> backfills, Instant now, ZoneId zone) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    backfills.forEach(backfill -> rows.add(row(backfill, now, zone)));
    return Table.of(rows, "");
  }

  private static List<String> row(Backfill backfill, Instant now, ZoneId zone) {
    OptionalDouble percent = percent(backfill);
    return List.of(
        backfill.key().target(),
        Format.stream(backfill.key().source()),
        status(backfill),
        RunText.position(backfill.counters()),
        percent.isPresent() ? Format.percent(percent.getAsDouble()) : "-",
        Format.number(backfill.counters().quarantined()),
        remarks(backfill, now, zone));
  }

  /** Returns the status, and the phase if it adds something. */
  private static String status(Backfill backfill) {
    boolean worksOn =
        backfill.phase() == Phase.RETRY
            ? backfill.status() == BackfillStatus.RUNNING
            : backfill.phase() != Phase.HISTORY && !backfill.status().isCompleted();
    String status = Format.words(backfill.status());
    return worksOn ? status + ", " + ProgressText.phase(backfill.phase()) : status;
  }

  /** Computes the percentage by the rule of {@link Progress}. */
  public static OptionalDouble percent(Backfill backfill) {
    Backfill.Counters counters = backfill.counters();
    Progress progress =
        new Progress(counters.processed(), counters.quarantined(), counters.total(), 0, null, null);
    return (backfill.status().isCompleted() ? progress.asDone() : progress).percent();
  }

  private static String remarks(Backfill backfill, Instant now, ZoneId zone) {
    StringJoiner remarks = new StringJoiner("; ");
    String wait = Format.wait(backfill, now, zone);
    if (wait != null) {
      remarks.add("waits " + wait);
    }
    Instant leaseEnd = backfill.leaseExpiresAt();
    if (leaseEnd != null) {
      remarks.add(
          "%s %s, lease %s %s"
              .formatted(
                  backfill.leaseExpired() ? "was held by" : "held by",
                  backfill.holder(),
                  backfill.leaseExpired() ? "ended at" : "until",
                  Format.moment(leaseEnd, zone)));
    }
    if (backfill.note() != null) {
      remarks.add(backfill.note());
    }
    if (backfill.lastError() != null) {
      remarks.add("last error: " + backfill.lastError());
    }
    return remarks.toString();
  }
}
