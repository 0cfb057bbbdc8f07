package dev.backfill.cli.run;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.cli.text.Redaction;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.jdbc.DatabaseUrl;
import dev.backfill.jdbc.JdbcStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A database over JDBC, with a small connection pool. */
final class JdbcAccess implements StoreAccess {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final int H2_DATABASE_NOT_FOUND = 90146;
  private static final String SQLITE = "jdbc:sqlite:";
  private static final Pattern H2_FILE =
      Pattern.compile("jdbc:h2:(?:file:)?((?:\\.{1,2}|~)?/.+)", Pattern.CASE_INSENSITIVE);

  private static final Pattern NOT_CREATED =
      Pattern.compile(";(IFEXISTS=TRUE|CIPHER=|ACCESS_MODE_DATA=)", Pattern.CASE_INSENSITIVE);

  /** Time in which a new SQLite file refuses all but one of several processes that open it. */
  private static final Duration SQLITE_TIMEOUT = Duration.ofSeconds(2);

  private final BackfillSettings settings;

  JdbcAccess(BackfillSettings settings) {
    this.settings = settings;
  }

  /** Opens the database, and creates its file and tables if they are missing. */
  @Override
  public OpenStore open(int connections) {
    DatabaseUrl address = address();
    if (isDefault()) {
      DataDirectory.DEFAULT.create();
    } else {
      createPrivateFile(address.jdbcUrl());
    }
    OpenStore opened;
    try {
      opened = connect(address, address.jdbcUrl(), connections);
    } catch (PoolInitializationException e) {
      throw unreachable(address, e);
    }
    try {
      ((JdbcStore) opened.store()).installSchema();
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  @Override
  public Optional<OpenStore> openExisting() {
    DatabaseUrl address = address();
    String url = address.jdbcUrl();
    if (isDefault() ? !DataDirectory.DEFAULT.exists() : isMissingFile(url)) {
      return Optional.empty();
    }
    boolean mayCreate = url.startsWith("jdbc:h2:") && !url.contains("IFEXISTS");
    try {
      return Optional.of(connect(address, mayCreate ? url + ";IFEXISTS=TRUE" : url, 2));
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
  private boolean isDefault() {
    return settings.database().address() == null;
  }

  private DatabaseUrl address() {
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

  private OpenStore connect(DatabaseUrl address, String url, int connections) {
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
    if (!isDefault() || secret != null) {
      return opened(new HikariDataSource(config));
    }
    return DataDirectory.DEFAULT.connect(
        user == null ? "" : user, password -> connect(config, password));
  }

  private static OpenStore opened(HikariDataSource pool) {
    return new OpenStore(JdbcStore.open(pool), pool::close);
  }

  private static OpenStore connect(HikariConfig config, String password) {
    config.setPassword(password);
    try {
      return opened(new HikariDataSource(config));
    } catch (PoolInitializationException e) {
      throw DataDirectory.WrongPassword.isCauseOf(sqlCause(e))
          ? new DataDirectory.WrongPassword(e)
          : e;
    }
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
  private static String shown(String jdbcUrl) {
    return Redaction.masked(withoutParameters(jdbcUrl));
  }

  private static String withoutParameters(String jdbcUrl) {
    return jdbcUrl.replaceAll("[?;].*", "");
  }

  /** Returns only the password of our own file. */
  @Override
  public String connection() {
    String user = settings.database().user().value();
    DatabaseUrl address = address();
    if (!isDefault()) {
      String named = user == null ? address.user() : user;
      return lines(shown(address.jdbcUrl()), named, "(from the settings)");
    }
    Optional<OpenStore> existing = openExisting();
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

  @Override
  public String shown() {
    return shown(address().jdbcUrl());
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
}
