package dev.backfill.cli.progress;

import dev.backfill.api.event.BackfillListener;
import dev.backfill.cli.text.Terminal;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.OptionalInt;

/**
 * Shows how a run goes, on standard error. Hears events on one thread and is closed after the last
 * of them.
 */
public interface ProgressDisplay extends BackfillListener, AutoCloseable {

  /** Bars on a terminal, unless the log goes there too; lines elsewhere. */
  static ProgressDisplay on(PrintWriter err, boolean logging) {
    OptionalInt width = logging ? OptionalInt.empty() : Terminal.width();
    ZoneId zone = ZoneId.systemDefault();
    return width.isPresent()
        ? new ProgressBars(System.err, width.getAsInt(), Terminal.writesUnicode(), zone)
        : new ProgressLines(err, zone, System::nanoTime);
  }

  @Override
  void close();
}
