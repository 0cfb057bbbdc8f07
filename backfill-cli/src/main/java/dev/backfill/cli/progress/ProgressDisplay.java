package dev.backfill.cli.progress;

import dev.backfill.api.event.BackfillListener;
import dev.backfill.cli.text.Terminal;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.OptionalInt;

/**
 * Display of a run's progress on standard error. It receives events on one thread and is closed
 * after the last of them.
 */
public interface ProgressDisplay extends BackfillListener, AutoCloseable {

  /** Returns bars on a terminal without logs; lines otherwise. */
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
