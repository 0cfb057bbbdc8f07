package dev.backfill.cli.progress;

import dev.backfill.cli.text.Terminal;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.OptionalInt;

/** The choice between the displays of a run's progress. */
public final class ProgressDisplays {

  private ProgressDisplays() {}

  /** Returns bars on a terminal without logs; lines otherwise. */
  public static ProgressDisplay on(PrintWriter err, boolean logging) {
    OptionalInt width = logging ? OptionalInt.empty() : Terminal.width();
    ZoneId zone = ZoneId.systemDefault();
    return width.isPresent()
        ? new ProgressBars(System.err, width.getAsInt(), Terminal.writesUnicode(), zone)
        : new ProgressLines(err, zone, System::nanoTime);
  }
}
