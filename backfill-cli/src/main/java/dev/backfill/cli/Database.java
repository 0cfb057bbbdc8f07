package dev.backfill.cli;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.config.Secret;
import dev.backfill.jdbc.DatabaseUrl;
import dev.backfill.jdbc.JdbcStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The database that the settings name, behind a small pool. */
final class Database implements AutoCloseable {

  /** Where everything goes unless stated; other processes of this machine can read it meanwhile. */
  static final String DEFAULT_URL =
      "jdbc:h2:file:./backfill-data/backfill;AUTO_SERVER=TRUE;WRITE_DELAY=0;TRACE_LEVEL_FILE=0";

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final int H2_DATABASE_NOT_FOUND = 90146;
  private static final String SQLITE = "jdbc:sqlite:";

  /** A new SQLite file refuses all but one of those that open it at once, for a moment. */
  private static final Duration SQLITE_PATIENCE = Duration.ofSeconds(2);

  private final HikariDataSource pool;
  private final JdbcStore store;

  private Database(HikariDataSource pool) {
    this.pool = pool;
    this.store = JdbcStore.open(pool);
  }

  /** Opens the database, and creates file and tables where they are missing. */
  static Database open(BackfillSettings settings, int connections) {
    DatabaseUrl address = address(settings);
    Database database;
    try {
      database = connect(settings, address, address.jdbcUrl(), connections);
    } catch (PoolInitializationException e) {
      throw unreachable(address, e);
    }
    try {
      database.store.installSchema();
      return database;
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /** Opens the database for a look; empty when there is none yet. Creates nothing. */
  static Optional<Database> openExisting(BackfillSettings settings) {
    DatabaseUrl address = address(settings);
    String url = address.jdbcUrl();
    if (isMissingFile(url)) {
      return Optional.empty();
    }
    boolean mayCreate = url.startsWith("jdbc:h2:") && !url.contains("IFEXISTS");
    try {
      return Optional.of(connect(settings, address, mayCreate ? url + ";IFEXISTS=TRUE" : url, 2));
    } catch (PoolInitializationException e) {
      SQLException cause = sqlCause(e);
      if (cause != null && cause.getErrorCode() == H2_DATABASE_NOT_FOUND) {
        return Optional.empty();
      }
      throw unreachable(address, e);
    }
  }

  /** SQLite makes the file of whoever looks for one. */
  private static boolean isMissingFile(String url) {
    String file = url.startsWith(SQLITE) ? withoutParameters(url).substring(SQLITE.length()) : "";
    boolean plain = !file.isEmpty() && !file.startsWith(":") && !file.startsWith("file:");
    return plain && Files.notExists(Path.of(file));
  }

  /** Looks into the database, where there is one already; nothing is created. */
  static <T> T look(BackfillSettings settings, Function<Database, T> look, T without) {
    Optional<Database> existing = openExisting(settings);
    if (existing.isEmpty()) {
      return without;
    }
    try (Database database = existing.get()) {
      return look.apply(database);
    }
  }

  /** All backfills; none where the tables are yet to be made. */
  List<Backfill> backfills() {
    return backfills(Selection.ALL);
  }

  /** The backfills of some repositories; none where the tables are yet to be made. */
  List<Backfill> backfills(Selection selection) {
    return unlessMissing(() -> store.progress().list(), List.<Backfill>of()).stream()
        .filter(selection::has)
        .toList();
  }

  /** All jobs; none where the tables are yet to be made, as an older release left them. */
  List<Job> jobs() {
    return unlessMissing(() -> store.jobs().list(), List.of());
  }

  /** What is switched off; nothing where the tables are yet to be made. */
  List<Suspension> suspensions() {
    return unlessMissing(() -> store.jobs().suspensions(), List.of());
  }

  /** What has happened to a job; nothing where the tables are yet to be made. */
  List<JobEvent> events(BackfillId id, long after, int limit) {
    return unlessMissing(() -> store.jobs().events(id, after, limit), List.of());
  }

  private static <T> T unlessMissing(Supplier<T> read, T otherwise) {
    try {
      return read.get();
    } catch (PermanentFailureException e) {
      if (e.reason() == PermanentFailureException.Reason.NOT_INSTALLED) {
        return otherwise;
      }
      throw e;
    }
  }

  private static DatabaseUrl address(BackfillSettings settings) {
    Secret address = settings.database().address();
    DatabaseUrl url = DatabaseUrl.parse(address == null ? DEFAULT_URL : address.reveal());
    try {
      DriverManager.getDriver(url.jdbcUrl());
      return url;
    } catch (SQLException e) {
      throw new InvalidConfigurationException(
          "There is no driver for the database %s; give a PostgreSQL address (jdbc:postgresql:... or postgresql://...) or an H2 one (jdbc:h2:...). For SQLite (jdbc:sqlite:...) add its driver, org.xerial:sqlite-jdbc, to the class path."
              .formatted(shown(url.jdbcUrl())),
          e);
    }
  }

  private static Database connect(
      BackfillSettings settings, DatabaseUrl address, String url, int connections) {
    String user = settings.database().user().value();
    Secret password = settings.database().password().value();
    HikariConfig config = new HikariConfig();
    config.setPoolName("backfill");
    config.setJdbcUrl(url);
    config.setUsername(user == null ? address.user() : user);
    config.setPassword(password == null ? address.password() : password.reveal());
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
    if (url.startsWith(SQLITE)) {
      config.setInitializationFailTimeout(SQLITE_PATIENCE.toMillis());
    }
    return new Database(new HikariDataSource(config));
  }

  JdbcStore store() {
    return store;
  }

  private static TransientFailureException unreachable(
      DatabaseUrl address, PoolInitializationException e) {
    SQLException cause = sqlCause(e);
    String reason = cause == null ? e.getMessage() : cause.getMessage();
    String advice = address.advice();
    return new TransientFailureException(
        "The database %s cannot be used, so nothing was started; check that it runs, and its address, user and password. %sIt said: %s"
            .formatted(
                shown(address.jdbcUrl()),
                advice == null ? "" : advice + " ",
                Redaction.masked(firstLine(reason))),
        e);
  }

  /** The address without its parameters, among which a password may be. */
  static String shown(String jdbcUrl) {
    return Redaction.masked(withoutParameters(jdbcUrl));
  }

  private static String withoutParameters(String jdbcUrl) {
    return jdbcUrl.replaceAll("[?;].*", "");
  }

  /** The database that the settings name, as people may see it. */
  static String shown(BackfillSettings settings) {
    return shown(address(settings).jdbcUrl());
  }

  private static String firstLine(@Nullable String text) {
    return text == null ? "nothing" : text.lines().findFirst().orElse("nothing");
  }

  private static @Nullable SQLException sqlCause(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException found) {
        return found;
      }
    }
    return null;
  }

  @Override
  public void close() {
    pool.close();
  }
}
