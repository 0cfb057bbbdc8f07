package dev.backfill.cli.run;

import dev.backfill.api.store.Backfill;
import dev.backfill.cli.option.Selection;
import dev.backfill.core.config.BackfillSettings;
import java.io.PrintWriter;
import java.util.List;

/** Messages about a backfill that is not in the database. */
public final class UnknownBackfill {

  private UnknownBackfill() {}

  /** Returns the message of a command that changes backfills. */
  public static String nothingChanged(String name, BackfillSettings settings) {
    return "backfill: There is no backfill of %s in %s. Nothing was changed. backfill status lists all backfills."
        .formatted(name, Database.shown(settings));
  }

  /** Returns the message of a command that shows backfills. */
  public static String nothingShown(String name, BackfillSettings settings) {
    return "backfill: There is no backfill of %s in %s. backfill status lists all backfills."
        .formatted(name, Database.shown(settings));
  }

  /**
   * Prints a message for each selected repository that has no backfill.
   *
   * @return true if there is such a repository
   */
  public static boolean report(
      Selection selection, List<Backfill> backfills, BackfillSettings settings, PrintWriter err) {
    List<String> unknown = selection.unknown(backfills);
    unknown.forEach(name -> err.println(nothingShown(name, settings)));
    return !unknown.isEmpty();
  }
}
