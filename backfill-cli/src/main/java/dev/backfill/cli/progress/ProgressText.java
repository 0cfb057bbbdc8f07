package dev.backfill.cli.progress;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.event.Progress;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Phase;
import dev.backfill.cli.text.Format;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Texts of progress, for bars and lines. */
public final class ProgressText {

  private static final DateTimeFormatter TIME_OF_DAY =
      DateTimeFormatter.ofPattern("HH:mm:ss z", Locale.ROOT);

  private ProgressText() {}

  /** Returns the known facts, most useful first: phase, rate, time left, quarantine, quota. */
  static List<String> details(Progress progress) {
    List<String> details = new ArrayList<>();
    if (progress.phase() != Phase.HISTORY && !progress.done()) {
      details.add(phase(progress.phase()));
    }
    if (progress.itemsPerSecond() > 0 && !progress.done()) {
      details.add(Format.rate(progress.itemsPerSecond()));
    }
    if (progress.remaining() != null) {
      details.add(Format.duration(progress.remaining()) + " left");
    }
    if (progress.quarantined() > 0) {
      details.add(Format.number(progress.quarantined()) + " quarantined");
    }
    Quota quota = progress.quota();
    if (quota != null) {
      details.add(
          "quota %s of %s"
              .formatted(Format.number(quota.remaining()), Format.number(quota.limit())));
    }
    return details;
  }

  public static String phase(Phase phase) {
    return switch (phase) {
      case HISTORY -> "fetching the history";
      case CATCH_UP -> "catching up";
      case RETRY -> "retrying quarantined items";
      case VERIFY -> "verifying";
    };
  }

  static String reading(BackfillEvent.ChunkCommitted event) {
    return "now reads " + event.readMode();
  }

  static String waiting(BackfillEvent.Waiting event, ZoneId zone) {
    if (event.holder() != null) {
      return "waits for %s, which holds it until %s unless it renews its lease"
          .formatted(event.holder(), timeOfDay(event.until(), zone));
    }
    return event.failedAttempts() == 0
        ? "waits until %s: %s".formatted(timeOfDay(event.until(), zone), event.reason())
        : String.format(
            Locale.ROOT,
            "attempt %d failed, next in %s: %s",
            event.failedAttempts(),
            Format.duration(Duration.between(event.at(), event.until())),
            event.reason());
  }

  private static String timeOfDay(Instant instant, ZoneId zone) {
    return TIME_OF_DAY.format(Format.wholeSecond(instant).atZone(zone));
  }
}
