package dev.backfill.cli.run;

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
import dev.backfill.api.store.Pruned;
import dev.backfill.api.time.TimeSource;
import dev.backfill.cli.option.Selection;
import dev.backfill.cli.text.Redaction;
import dev.backfill.core.Retention;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.manager.Explanation;
import dev.backfill.jdbc.DatabaseUrl;
import dev.backfill.jdbc.JdbcStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The database of the settings, with a small connection pool. */
public final class Database implements AutoCloseable {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final int H2_DATABASE_NOT_FOUND = 90146;
  private static final String SQLITE = "jdbc:sqlite:";
  private static final Pattern H2_FILE =
      Pattern.compile("jdbc:h2:(?:file:)?((?:\\.{1,2}|~)?/.+)", Pattern.CASE_INSENSITIVE);

  private static final Pattern NOT_CREATED =
      Pattern.compile(";(IFEXISTS=TRUE|CIPHER=|ACCESS_MODE_DATA=)", Pattern.CASE_INSENSITIVE);

  /** Time in which a new SQLite file refuses all but one of several processes that open it. */
  private static final Duration SQLITE_TIMEOUT = Duration.ofSeconds(2);

  private final HikariDataSource pool;
  private final JdbcStore store;

  private Database(HikariDataSource pool) {
    this.pool = pool;
    this.store = JdbcStore.open(pool);
  }

  /** Opens the database, and creates its file and tables if they are missing. */
  public static Database open(BackfillSettings settings, int connections) {
    DatabaseUrl address = address(settings);
    if (isDefault(settings)) {
      DataDirectory.DEFAULT.create();
    } else {
      createPrivateFile(address.jdbcUrl());
    }
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

  /** Opens the database for reading; empty if there is none yet. Creates nothing. */
  public static Optional<Database> openExisting(BackfillSettings settings) {
    DatabaseUrl address = address(settings);
    String url = address.jdbcUrl();
    if (isDefault(settings) ? !DataDirectory.DEFAULT.exists() : isMissingFile(url)) {
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

  /** Returns true if the SQLite file is missing; the driver would create it. */
  private static boolean isMissingFile(String url) {
    return sqliteFile(url).filter(Files::notExists).isPresent();
  }

  private static Optional<Path> sqliteFile(String url) {
    String file = url.startsWith(SQLITE) ? withoutParameters(url).substring(SQLITE.length()) : "";
    boolean plain = !file.isEmpty() && !file.startsWith(":") && !file.startsWith("file:");
    return plain ? Optional.of(Path.of(file)) : Optional.empty();
  }

  private static Optional<Path> h2File(String url) {
    Matcher matcher = H2_FILE.matcher(withoutParameters(url));
    return matcher.matches()
        ? Optional.of(
            Path.of(
                matcher.group(1).replaceFirst("^~", System.getProperty("user.home")) + ".mv.db"))
        : Optional.empty();
  }

  /** Creates a missing file for this user only. Leaves the permissions of an existing one. */
  private static void createPrivateFile(String url) {
    Path file = sqliteFile(url).or(() -> h2File(url)).orElse(null);
    if (file == null || NOT_CREATED.matcher(url).find()) {
      return;
    }
    try {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        PrivateFiles.createDirectories(parent);
      }
      PrivateFiles.createFile(file);
    } catch (IOException e) {
      // The driver fails for the same reason, with a message of its own.
    }
  }

  /** Returns true if the settings name no database. */
  static boolean isDefault(BackfillSettings settings) {
    return settings.database().address() == null;
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
    return unlessMissing(() -> store.progress().list(), List::<Backfill>of).stream()
        .filter(selection::has)
        .toList();
  }

  /** Explains a target; without its jobs, or without any stream, if their tables are missing. */
  public Explanation explanation(String target) {
    TimeSource time = TimeSource.system();
    return unlessMissing(
        () -> Explanation.of(store.progress(), store.jobs(), target, time),
        () ->
            unlessMissing(
                () -> Explanation.of(store.progress(), null, target, time),
                () -> new Explanation(target, time.now(), List.of())));
  }

  /** Counts the rows that retention would remove; none if the tables are missing. */
  public Pruned prunable(Retention retention, Duration age) {
    return unlessMissing(() -> retention.prunable(age), () -> Pruned.NONE);
  }

  /** Returns all jobs; none if the tables are missing, as in a database of an older release. */
  public List<Job> jobs() {
    return unlessMissing(() -> store.jobs().list(), List::of);
  }

  /** Returns the suspensions; none if the tables are missing. */
  public List<Suspension> suspensions() {
    return unlessMissing(() -> store.jobs().suspensions(), List::of);
  }

  /** Returns the events of a job; none if the tables are missing. */
  public List<JobEvent> events(BackfillId id, long after, int limit) {
    return unlessMissing(() -> store.jobs().events(id, after, limit), List::of);
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

  private static DatabaseUrl address(BackfillSettings settings) {
    BackfillSettings.Secret address = settings.database().address();
    DatabaseUrl url =
        DatabaseUrl.parse(address == null ? DataDirectory.DEFAULT.url() : address.reveal());
    try {
      DriverManager.getDriver(url.jdbcUrl());
      return url;
    } catch (SQLException e) {
      throw new InvalidConfigurationException(
          "There is no driver for the database %s. Nothing was opened. Use an address of PostgreSQL (jdbc:postgresql:... or postgresql://...) or H2 (jdbc:h2:...). For SQLite (jdbc:sqlite:...) add its driver, org.xerial:sqlite-jdbc, to the class path."
              .formatted(shown(url.jdbcUrl())),
          e);
    }
  }

  private static Database connect(
      BackfillSettings settings, DatabaseUrl address, String url, int connections) {
    String user = settings.database().user().value();
    BackfillSettings.Secret secret = settings.database().password().value();
    HikariConfig config = new HikariConfig();
    config.setPoolName("backfill");
    config.setJdbcUrl(url);
    config.setUsername(user == null ? address.user() : user);
    config.setPassword(secret == null ? address.password() : secret.reveal());
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECT_TIMEOUT.toMillis());
    if (url.startsWith(SQLITE)) {
      config.setInitializationFailTimeout(SQLITE_TIMEOUT.toMillis());
    }
    if (!isDefault(settings) || secret != null) {
      return new Database(new HikariDataSource(config));
    }
    return DataDirectory.DEFAULT.connect(
        user == null ? "" : user, password -> connect(config, password));
  }

  private static Database connect(HikariConfig config, String password) {
    config.setPassword(password);
    try {
      return new Database(new HikariDataSource(config));
    } catch (PoolInitializationException e) {
      throw DataDirectory.WrongPassword.isCauseOf(sqlCause(e))
          ? new DataDirectory.WrongPassword(e)
          : e;
    }
  }

  public JdbcStore store() {
    return store;
  }

  private static TransientFailureException unreachable(
      DatabaseUrl address, PoolInitializationException e) {
    SQLException cause = sqlCause(e);
    String reason = cause == null ? e.getMessage() : cause.getMessage();
    String advice = address.advice();
    return new TransientFailureException(
        "The database %s cannot be used (%s). Nothing was started. Check that it runs, and its address, user and password.%s"
            .formatted(
                shown(address.jdbcUrl()),
                Redaction.masked(firstLine(reason)),
                advice == null ? "" : " " + advice),
        e);
  }

  /** Returns the address without its parameters, which may contain a password. */
  public static String shown(String jdbcUrl) {
    return Redaction.masked(withoutParameters(jdbcUrl));
  }

  private static String withoutParameters(String jdbcUrl) {
    return jdbcUrl.replaceAll("[?;].*", "");
  }

  /** Returns address, user and password for other clients; only the password of our own file. */
  public static String connection(BackfillSettings settings) {
    String user = settings.database().user().value();
    DatabaseUrl address = address(settings);
    if (!isDefault(settings)) {
      String named = user == null ? address.user() : user;
      return lines(shown(address.jdbcUrl()), named, "(from the settings)");
    }
    Optional<Database> existing = openExisting(settings);
    if (existing.isEmpty()) {
      throw new InvalidConfigurationException(
          "There is no database yet. Nothing was printed. Begin with: backfill run OWNER/NAME");
    }
    existing.get().close();
    String password =
        settings.database().password().value() == null
            ? DataDirectory.DEFAULT.password().orElse("")
            : "(from BACKFILL_JDBC_PASSWORD)";
    return lines(DataDirectory.DEFAULT.sharedUrl(), user, password);
  }

  private static String lines(String url, @Nullable String user, String password) {
    return "url       %s%nuser      %s%npassword  %s%n"
        .formatted(url, user == null ? "(empty)" : user, password);
  }

  /** Returns the address of the settings' database without secrets. */
  public static String shown(BackfillSettings settings) {
    return shown(address(settings).jdbcUrl());
  }

  private static String firstLine(@Nullable String text) {
    return text == null ? "no reason given" : text.lines().findFirst().orElse("no reason given");
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
