package dev.backfill.jdbc;

import dev.backfill.api.store.BackfillId;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * A database of its own for a test: a schema of a PostgreSQL server, an H2 database, or an SQLite
 * file.
 *
 * @param dataSource where connections come from
 * @param names where the tables are
 */
record TestDatabase(DataSource dataSource, TableNames names) {

  private static final AtomicInteger COUNTER = new AtomicInteger();

  static TestDatabase postgres() {
    return postgres(PostgresServer.shared());
  }

  static TestDatabase postgres(PostgresServer server) {
    return new TestDatabase(server.pool(), new TableNames("t" + COUNTER.incrementAndGet(), ""));
  }

  /** As {@link #postgres()}, with a physical connection for each call. */
  static TestDatabase postgresWithoutPool() {
    return new TestDatabase(
        server().getPostgresDatabase(), new TableNames("t" + COUNTER.incrementAndGet(), ""));
  }

  static EmbeddedPostgres server() {
    return PostgresServer.shared().embedded();
  }

  static TestDatabase h2() {
    return h2With("");
  }

  /** As {@link #h2()}, with more settings in the URL, each with its semicolon. */
  static TestDatabase h2With(String settings) {
    // Databases in memory belong to the JVM, in which this class may be loaded more than once.
    return h2("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1" + settings);
  }

  static TestDatabase h2File(Path folder) {
    return h2("jdbc:h2:file:" + folder.resolve("t" + COUNTER.incrementAndGet()));
  }

  /** A file, opened anew for each call. */
  static TestDatabase sqlite(Path folder) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
    config.setBusyTimeout(30_000);
    SQLiteDataSource dataSource = new SQLiteDataSource(config);
    dataSource.setUrl("jdbc:sqlite:" + folder.resolve("t" + COUNTER.incrementAndGet()));
    return new TestDatabase(dataSource, TableNames.DEFAULT);
  }

  private static TestDatabase h2(String url) {
    JdbcDataSource dataSource = new JdbcDataSource();
    dataSource.setURL(url);
    return new TestDatabase(dataSource, TableNames.DEFAULT);
  }

  TestDatabase with(DataSource other) {
    return new TestDatabase(other, names);
  }

  /** A store with its tables. */
  JdbcStore install() {
    JdbcStore store = JdbcStore.open(dataSource, names);
    store.installSchema();
    return store;
  }

  /** The full name of a table. */
  String table(String name) {
    return (names.schema() == null ? "" : names.schema() + ".") + names.prefix() + name;
  }

  void expireLease(BackfillId id) throws SQLException {
    expireLeases("id = " + id.value());
  }

  void expireClaim(String fingerprint) throws SQLException {
    execute(
        "UPDATE {backfill_failures} SET claimed_until = '2000-01-01T00:00:00.000000Z'"
            + " WHERE fingerprint = '"
            + fingerprint
            + "'");
  }

  /** Moves when limits were stored by so many seconds, into the past or the future. */
  void moveLimits(long seconds) throws SQLException {
    String moment = Instant.now().plusSeconds(seconds).truncatedTo(ChronoUnit.SECONDS).toString();
    execute("UPDATE {backfill_limits} SET updated_at = '" + moment.replace("Z", ".000000Z") + "'");
  }

  void expireLeases(String condition) throws SQLException {
    // Each database takes this text for a moment, or keeps moments as texts like it.
    execute(
        "UPDATE {backfill_progress} SET lease_expires_at = '2000-01-01T00:00:00.000000Z' WHERE "
            + condition);
  }

  /** Runs a statement in which {@code {name}} stands for a table. */
  void execute(String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement(expand(sql))) {
      statement.execute();
    }
  }

  /** Runs a query; columns in lower case. */
  List<Map<String, @Nullable Object>> query(String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement(expand(sql));
        ResultSet rows = statement.executeQuery()) {
      List<Map<String, @Nullable Object>> result = new ArrayList<>();
      while (rows.next()) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.put(rows.getMetaData().getColumnLabel(i).toLowerCase(Locale.ROOT), value(rows, i));
        }
        result.add(row);
      }
      return result;
    }
  }

  /** The value in the type of its column, where the driver goes by the value. */
  private static @Nullable Object value(ResultSet rows, int i) throws SQLException {
    Object value = rows.getObject(i);
    if (value instanceof Integer number) {
      return switch (rows.getMetaData().getColumnTypeName(i).toLowerCase(Locale.ROOT)) {
        case "bigint" -> Long.valueOf(number);
        case "boolean" -> Boolean.valueOf(number != 0);
        default -> number;
      };
    }
    return value;
  }

  /** The names of a table's or view's columns, in lower case. */
  List<String> columns(String table) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("SELECT * FROM " + table(table) + " WHERE 1 = 0");
        ResultSet rows = statement.executeQuery()) {
      List<String> columns = new ArrayList<>();
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
        columns.add(rows.getMetaData().getColumnLabel(i).toLowerCase(Locale.ROOT));
      }
      return columns;
    }
  }

  /** The first column of the only row, as text. */
  @Nullable String value(String sql) throws SQLException {
    Object value = query(sql).get(0).values().iterator().next();
    return value == null ? null : value.toString();
  }

  private String expand(String sql) {
    return sql.replaceAll("\\{(\\w+)}", table("$1"));
  }
}
