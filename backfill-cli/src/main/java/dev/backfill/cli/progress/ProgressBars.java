package dev.backfill.cli.progress;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.event.Progress;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.cli.text.Format;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import me.tongfei.progressbar.InteractiveConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/**
 * Progress as bars on a terminal: one for each stream, from its first event on. Other output to
 * standard error would break the bars, so it is printed below them at the end.
 */
final class ProgressBars implements ProgressDisplay {

  private static final int UPDATE_MILLIS = 200;

  /** Terminals wrap a line that fills their last column. */
  private static final int MARGIN = 1;

  private static final Progress NOTHING_YET = new Progress(0, 0, Total.UNKNOWN, 0, null, null);

  private final PrintStream out;
  private final ByteArrayOutputStream others = new ByteArrayOutputStream();
  private final int width;
  private final boolean unicode;
  private final ZoneId zone;
  private final Map<BackfillKey, Bar> bars = new LinkedHashMap<>();
  private final ReadModes readModes = new ReadModes();

  ProgressBars(PrintStream out, int width, boolean unicode, ZoneId zone) {
    this.out = out;
    this.width = width - MARGIN;
    this.unicode = unicode;
    this.zone = zone;
    System.setErr(new PrintStream(others, true, Charset.defaultCharset()));
  }

  @Override
  public synchronized void onEvent(BackfillEvent event) {
    Bar bar = bars.computeIfAbsent(event.key(), Bar::new);
    if (event instanceof BackfillEvent.SliceStarted started) {
      readModes.started(started);
      bar.show(started.progress(), "");
    } else if (event instanceof BackfillEvent.ChunkCommitted committed) {
      boolean changed = readModes.changedWith(committed);
      bar.show(committed.progress(), changed ? ProgressText.reading(committed) : "");
    } else if (event instanceof BackfillEvent.Waiting waiting) {
      Progress known = waiting.progress();
      bar.show(known == null ? bar.line.progress() : known, ProgressText.waiting(waiting, zone));
    } else if (event instanceof BackfillEvent.SliceEnded ended) {
      ended(bar, ended);
    }
  }

  private static void ended(Bar bar, BackfillEvent.SliceEnded ended) {
    switch (ended.status()) {
      // Another slice continues it, or the run ends: the last note stays.
      case WAITING, PENDING, RUNNING -> bar.show(ended.progress(), bar.line.note());
      case COMPLETED, COMPLETED_WITH_GAPS -> bar.show(ended.progress(), "");
      default -> bar.show(ended.progress(), Format.words(ended.status()));
    }
  }

  @Override
  public synchronized void close() {
    bars.values().forEach(Bar::close);
    System.setErr(out);
    out.writeBytes(others.toByteArray());
    out.flush();
  }

  /** The bar of one stream; the bar library reads its line on a thread of its own. */
  private final class Bar {

    private final ProgressBar bar;
    private volatile BarLine line;

    Bar(BackfillKey key) {
      this.line = new BarLine(name(key), NOTHING_YET, "");
      this.bar =
          new ProgressBarBuilder()
              .setTaskName(line.name())
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              // Without it, the library draws only if its own numbers have changed.
              .continuousUpdate()
              .setConsumer(new InteractiveConsoleProgressBarConsumer(out, width))
              .setRenderer((state, length) -> padded(line.render(width, unicode)))
              .build();
    }

    private void show(Progress progress, String note) {
      line = new BarLine(line.name(), progress, note);
    }

    private void close() {
      bar.close();
    }

    /** Pads the text with blanks, which overwrite a longer line before it. */
    private String padded(String text) {
      return text + " ".repeat(Math.max(0, width - text.length()));
    }

    /** Returns the name in the width that all names have, so that the bars are aligned. */
    private String name(BackfillKey key) {
      int space = Math.max(16, width * 2 / 5);
      String name = Format.stream(key);
      String shown = name.length() <= space ? name : name.substring(name.length() - space);
      int normal = Math.min(space, key.target().length() + 1 + "review comments".length());
      return shown + " ".repeat(Math.max(0, normal - shown.length()));
    }
  }
}
