package dev.backfill.examples.support;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.event.BackfillListener;
import dev.backfill.api.event.Progress;
import dev.backfill.api.store.BackfillKey;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** A listener that prints a line a second for each backfill, and each wait, retry and end. */
public final class ProgressLines implements BackfillListener {

  private static final Duration BETWEEN_LINES = Duration.ofSeconds(1);

  private final PrintStream out;
  private final Map<BackfillKey, Instant> lastLine = new HashMap<>();

  /**
   * Creates a listener that prints to a stream.
   *
   * @param out the stream
   */
  public ProgressLines(PrintStream out) {
    this.out = out;
  }

  @Override
  public void onEvent(BackfillEvent event) {
    if (event instanceof BackfillEvent.SliceStarted started) {
      long processed = started.progress().processed();
      line(
          event,
          processed == 0
              ? "begins"
              : String.format(Locale.ROOT, "continues after item %,d", processed));
    } else if (event instanceof BackfillEvent.ChunkCommitted committed) {
      Instant last = lastLine.getOrDefault(event.key(), Instant.EPOCH);
      if (event.at().isAfter(last.plus(BETWEEN_LINES))) {
        lastLine.put(event.key(), event.at());
        line(event, describe(committed.progress()));
      }
      if (!committed.quarantined().isEmpty()) {
        line(event, committed.quarantined().size() + " item(s) went to quarantine");
      }
    } else if (event instanceof BackfillEvent.Waiting waiting && waiting.failedAttempts() > 0) {
      line(event, "tries again: " + waiting.reason());
    } else if (event instanceof BackfillEvent.Waiting waiting && waiting.holder() != null) {
      line(event, "is held by " + waiting.holder() + " until " + waiting.until());
    } else if (event instanceof BackfillEvent.Waiting waiting) {
      long millis = Math.max(0, Duration.between(event.at(), waiting.until()).toMillis());
      line(event, String.format(Locale.ROOT, "waits %.1f s: %s", millis / 1e3, waiting.reason()));
    } else if (event instanceof BackfillEvent.SliceEnded ended) {
      String status = ended.status().name().toLowerCase(Locale.ROOT).replace('_', ' ');
      String error = ended.error() == null ? "" : ": " + ended.error();
      line(
          event,
          String.format(
              Locale.ROOT, "%s at item %,d%s", status, ended.progress().processed(), error));
    }
  }

  private void line(BackfillEvent event, String text) {
    out.printf("%-28s %s%n", event.key().source(), text);
  }

  private static String describe(Progress progress) {
    StringBuilder text =
        new StringBuilder(String.format(Locale.ROOT, "%,7d", progress.processed()));
    progress
        .percent()
        .ifPresent(
            percent ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        " of %s%,d  %3.0f %%",
                        progress.total().isExact() ? "" : "about ",
                        progress.total().count(),
                        Math.floor(percent))));
    if (progress.itemsPerSecond() > 0) {
      text.append(String.format(Locale.ROOT, "  %,5.0f/s", progress.itemsPerSecond()));
    }
    if (progress.remaining() != null) {
      text.append(String.format(Locale.ROOT, "  %d s left", progress.remaining().toSeconds()));
    }
    if (progress.quota() != null) {
      text.append(String.format(Locale.ROOT, "  quota %,d", progress.quota().remaining()));
    }
    return text.toString();
  }
}
