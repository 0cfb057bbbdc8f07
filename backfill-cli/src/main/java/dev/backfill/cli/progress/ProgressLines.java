package dev.backfill.cli.progress;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.event.Progress;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.cli.text.Format;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.StringJoiner;
import java.util.function.LongSupplier;

/** Progress as lines, for logs: max one line in 5 s for each stream, and each wait and failure. */
public final class ProgressLines implements ProgressDisplay {

  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration HELD_INTERVAL = Duration.ofSeconds(30);

  private final PrintWriter out;
  private final ZoneId zone;
  private final LongSupplier nanoTime;
  private final Map<Object, Long> lastShown = new HashMap<>();
  private final ReadModes readModes = new ReadModes();

  public ProgressLines(PrintWriter out, ZoneId zone, LongSupplier nanoTime) {
    this.out = out;
    this.zone = zone;
    this.nanoTime = nanoTime;
  }

  @Override
  public void onEvent(BackfillEvent event) {
    BackfillKey key = event.key();
    if (event instanceof BackfillEvent.SliceStarted started) {
      readModes.started(started);
      if (isDue(key + " begins", INTERVAL)) {
        line(key, "begins at " + facts(started.progress()));
      }
    } else if (event instanceof BackfillEvent.ChunkCommitted committed) {
      if (readModes.changedWith(committed)) {
        line(key, ProgressText.reading(committed));
      }
      if (isDue(key, INTERVAL)) {
        line(key, facts(committed.progress()));
      }
      committed
          .quarantined()
          .forEach(
              item -> line(key, "item %s is quarantined: %s".formatted(item.key(), item.error())));
    } else if (event instanceof BackfillEvent.Waiting waiting) {
      // Published at each check of another's lease; the holder renews it, so its end moves.
      if (waiting.holder() == null || isDue(key + waiting.holder(), HELD_INTERVAL)) {
        line(key, ProgressText.waiting(waiting, zone));
      }
    } else if (event instanceof BackfillEvent.SliceEnded ended) {
      ended(key, ended);
    }
  }

  private void ended(BackfillKey key, BackfillEvent.SliceEnded ended) {
    BackfillStatus status = ended.status();
    // The wait was printed already; a failure's sentence is printed at the end of the run.
    if (status != BackfillStatus.WAITING) {
      line(key, "%s at %s".formatted(Format.words(status), facts(ended.progress())));
    }
  }

  private boolean isDue(Object subject, Duration interval) {
    long now = nanoTime.getAsLong();
    Long last = lastShown.get(subject);
    if (last != null && now - last < interval.toNanos()) {
      return false;
    }
    lastShown.put(subject, now);
    return true;
  }

  private static String facts(Progress progress) {
    OptionalDouble percent = progress.percent();
    StringJoiner facts = new StringJoiner(", ");
    facts.add(
        Format.position(progress.processed(), progress.total())
            + (percent.isPresent() ? " (" + Format.percent(percent.getAsDouble()) + ")" : ""));
    ProgressText.details(progress).forEach(facts::add);
    return facts.toString();
  }

  private void line(BackfillKey key, String text) {
    out.println(Format.stream(key) + ": " + text);
    out.flush();
  }

  @Override
  public void close() {
    out.flush();
  }
}
