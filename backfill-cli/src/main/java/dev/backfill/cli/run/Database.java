package dev.backfill.cli.run;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.Pruned;
import dev.backfill.api.time.TimeSource;
import dev.backfill.cli.option.Selection;
import dev.backfill.core.Retention;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.manager.Explanation;
import dev.backfill.jdbc.JdbcStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The database of the settings, over JDBC or over Supabase's REST API. */
public final class Database implements AutoCloseable {

  private final StoreAccess.OpenStore opened;

  private Database(StoreAccess.OpenStore opened) {
    this.opened = opened;
  }

  private static StoreAccess access(BackfillSettings settings) {
    return settings.database().isSupabaseProject()
        ? new SupabaseAccess(settings.database())
        : new JdbcAccess(settings);
  }

  /** Opens the database; over JDBC, creates its file and tables if they are missing. */
  public static Database open(BackfillSettings settings, int connections) {
    return new Database(access(settings).open(connections));
  }

  /** Opens the database for reading; empty if there is none yet. Creates nothing. */
  public static Optional<Database> openExisting(BackfillSettings settings) {
    return access(settings).openExisting().map(Database::new);
  }

  /** Reads from the database if it exists; returns {@code without} if not. Creates nothing. */
  public static <T> T look(BackfillSettings settings, Function<Database, T> look, T without) {
    Optional<Database> existing = openExisting(settings);
    if (existing.isEmpty()) {
      return without;
    }
    try (Database database = existing.get()) {
      return look.apply(database);
    }
  }

  /** Returns all backfills; none if the tables are missing. */
  public List<Backfill> backfills() {
    return backfills(Selection.ALL);
  }

  /** Returns the backfills of the selected repositories; none if the tables are missing. */
  public List<Backfill> backfills(Selection selection) {
    return unlessMissing(() -> store().progress().list(), List::<Backfill>of).stream()
        .filter(selection::has)
        .toList();
  }

  /** Explains a target; without its jobs, or without any stream, if their tables are missing. */
  public Explanation explanation(String target) {
    TimeSource time = TimeSource.system();
    return unlessMissing(
        () -> Explanation.of(store().progress(), store().jobs(), target, time),
        () ->
            unlessMissing(
                () -> Explanation.of(store().progress(), null, target, time),
                () -> new Explanation(target, time.now(), List.of())));
  }

  /** Counts the rows that retention would remove; none if the tables are missing. */
  public Pruned prunable(Retention retention, Duration age) {
    return unlessMissing(() -> retention.prunable(age), () -> Pruned.NONE);
  }

  /** Returns all jobs; none if the tables are missing, as in a database of an older release. */
  public List<Job> jobs() {
    return unlessMissing(() -> store().jobs().list(), List::of);
  }

  /** Returns the suspensions; none if the tables are missing. */
  public List<Suspension> suspensions() {
    return unlessMissing(() -> store().jobs().suspensions(), List::of);
  }

  /** Returns the events of a job; none if the tables are missing. */
  public List<JobEvent> events(BackfillId id, long after, int limit) {
    return unlessMissing(() -> store().jobs().events(id, after, limit), List::of);
  }

  private static <T> T unlessMissing(Supplier<T> read, Supplier<T> otherwise) {
    try {
      return read.get();
    } catch (PermanentFailureException e) {
      if (e.reason() == PermanentFailureException.Reason.NOT_INSTALLED) {
        return otherwise.get();
      }
      throw e;
    }
  }

  /** Upgrades the tables of an older release; those of a Supabase project need its migration. */
  public void upgrade() {
    if (store() instanceof JdbcStore jdbc) {
      jdbc.installSchema();
    }
  }

  public BackfillStore store() {
    return opened.store();
  }

  /** Returns address, user and password for other clients; only the password of our own file. */
  public static String connection(BackfillSettings settings) {
    return access(settings).connection();
  }

  /** Returns the address of the settings' database without secrets. */
  public static String shown(BackfillSettings settings) {
    return access(settings).shown();
  }

  @Override
  public void close() {
    opened.close();
  }
}
