package dev.backfill.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.backfill.api.internal.history.HistoryTables;
import dev.backfill.api.internal.history.UpsertTable;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** A database for one run of a benchmark, with a pool, as in a host. */
public final class BenchmarkDatabase implements AutoCloseable {

  /** The databases to compare. */
  public enum Kind {
    /** In memory, in the process. */
    H2,
    /** A real server, in a process of its own. */
    POSTGRESQL
  }

  /**
   * The tables with foreign keys, which cannot be truncated; few rows, in an order that the keys
   * allow.
   */
  private static final List<String> PROGRESS =
      List.of(
          "backfill_job_events",
          "backfill_jobs",
          "backfill_transitions",
          "backfill_chunks",
          "backfill_quarantine",
          "sync_logs",
          "backfill_progress");

  private static final List<String> HISTORY =
      HistoryTables.tables().stream().map(UpsertTable::name).toList();

  private final Kind kind;
  private final DataSource dataSource;
  private final @Nullable EmbeddedPostgres server;

  private BenchmarkDatabase(Kind kind, DataSource dataSource, @Nullable EmbeddedPostgres server) {
    this.kind = kind;
    this.dataSource = dataSource;
    this.server = server;
  }

  /**
   * Starts a database.
   *
   * @param kind the kind of database
   * @return the database, without tables
   * @throws IOException if it does not start
   */
  public static BenchmarkDatabase start(Kind kind) throws IOException {
    if (kind == Kind.H2) {
      return new BenchmarkDatabase(
          kind,
          JdbcConnectionPool.create("jdbc:h2:mem:benchmark;DB_CLOSE_DELAY=-1", "sa", ""),
          null);
    }
    EmbeddedPostgres server = EmbeddedPostgres.start();
    return new BenchmarkDatabase(kind, pool(server.getPostgresDatabase()), server);
  }

  /**
   * Returns its kind.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * Returns its connections, from one pool.
   *
   * @return the pool
   */
  public DataSource dataSource() {
    return dataSource;
  }

  /**
   * Returns the URL of a PostgreSQL server, for other processes.
   *
   * @return the URL, with the user's name
   */
  public String url() {
    if (server == null) {
      throw new IllegalStateException("H2 in memory has no URL for other processes");
    }
    return server.getJdbcUrl("postgres", "postgres");
  }

  /**
   * Creates another pool of the same database, whose driver joins batched inserts to one statement
   * with many rows. The caller closes it.
   *
   * @return the pool
   */
  public HikariDataSource rewritingDataSource() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url());
    source.setReWriteBatchedInserts(true);
    return pool(source);
  }

  /**
   * Empties every table of ours, and lets the server write pending changes to disk, so that no run
   * pays for an earlier one.
   *
   * @throws SQLException if a table cannot be emptied
   */
  public void empty() throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      empty(kind, connection);
    }
  }

  /**
   * Empties the tables from another process.
   *
   * @param kind the kind of database
   * @param connection to it, which stays open
   * @throws SQLException if a table cannot be emptied
   */
  public static void empty(Kind kind, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String table : PROGRESS) {
        statement.execute("DELETE FROM " + table);
      }
      for (String table : HISTORY) {
        statement.execute("TRUNCATE TABLE " + table);
      }
      if (kind == Kind.POSTGRESQL) {
        for (String table : PROGRESS) {
          statement.execute("VACUUM " + table);
        }
        statement.execute("CHECKPOINT");
      }
    }
  }

  /**
   * Returns a summary of accounts, repositories and pull requests, to compare contestants.
   *
   * @return each table's number of rows and a hash of their contents, in any order
   * @throws SQLException if they cannot be read
   */
  public String contents() throws SQLException {
    StringBuilder contents = new StringBuilder();
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      for (String table : List.of("accounts", "repositories", "pull_requests")) {
        List<String> rows = new ArrayList<>();
        try (ResultSet result = statement.executeQuery("SELECT * FROM " + table)) {
          int columns = result.getMetaData().getColumnCount();
          while (result.next()) {
            StringBuilder row = new StringBuilder();
            for (int i = 1; i <= columns; i++) {
              row.append(result.getString(i)).append('\t');
            }
            rows.add(row.toString());
          }
        }
        rows.sort(null);
        contents.append(
            String.format(Locale.ROOT, "%s %d %08x; ", table, rows.size(), rows.hashCode()));
      }
    }
    return contents.toString();
  }

  @Override
  public void close() throws IOException {
    if (dataSource instanceof HikariDataSource pool) {
      pool.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private static HikariDataSource pool(DataSource source) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(source);
    return new HikariDataSource(config);
  }
}
