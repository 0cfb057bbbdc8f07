package dev.backfill.cli.view;

import dev.backfill.api.job.Job;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.time.TimeSource;
import dev.backfill.cli.option.Selection;
import dev.backfill.cli.run.Database;
import dev.backfill.cli.text.Terminal;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The screen of {@code status --watch}; without a terminal it prints one text after another. */
public final class WatchScreen {

  private static final String HOME_AND_CLEAR = "\u001b[H\u001b[2J";
  private static final int LATEST = 20;
  private static final int WIDE = 1_000;

  private final Database database;
  private final Selection selection;
  private final PrintWriter out;

  public WatchScreen(Database database, Selection selection, PrintWriter out) {
    this.database = database;
    this.selection = selection;
    this.out = out;
  }

  public void draw() {
    Map<BackfillKey, Job> jobs =
        database.jobs().stream().collect(Collectors.toMap(Job::key, Function.identity()));
    List<WatchText.Row> rows = new ArrayList<>();
    for (Backfill backfill : database.backfills(selection)) {
      rows.add(new WatchText.Row(backfill, jobs.get(backfill.key()), latest(backfill)));
    }
    boolean screen = System.console() != null;
    String text =
        WatchText.of(
            rows,
            database.suspensions(),
            TimeSource.system().now(),
            ZoneId.systemDefault(),
            screen ? Terminal.width().orElse(WIDE) : WIDE);
    out.print(screen ? HOME_AND_CLEAR + text : text + System.lineSeparator());
    out.flush();
  }

  /** Returns the latest chunks of an incomplete backfill; a complete one has no rate. */
  private List<CommittedChunk> latest(Backfill backfill) {
    return backfill.status().isCompleted()
        ? List.of()
        : database
            .store()
            .progress()
            .chunks(backfill.id(), Math.max(1, backfill.nextChunkNumber() - LATEST), LATEST);
  }
}
