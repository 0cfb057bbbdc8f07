package dev.backfill.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;

/** A database for one run of a benchmark, with a pool, as a host would have one. */
public final class BenchmarkDatabase implements AutoCloseable {

  /** The databases that are compared. */
  public enum Kind {
    /** In memory, in the process. */
    H2,
    /** A real server, in a process of its own, with its default settings. */
    POSTGRESQL
  }

  /** Linked by foreign keys, so not to be truncated; few rows, in an order that the keys allow. */
  private static final List<String> PROGRESS =
      List.of("backfill_chunks", "backfill_quarantine", "sync_logs", "backfill_progress");

  private static final List<String> HISTORY = List.of("repositories", "accounts", "pull_requests");

  private final DataSource dataSource;
  private final @Nullable EmbeddedPostgres server;

  private BenchmarkDatabase(DataSource dataSource, @Nullable EmbeddedPostgres server) {
    this.dataSource = dataSource;
    this.server = server;
  }

  static BenchmarkDatabase start(Kind kind) throws IOException {
    if (kind == Kind.H2) {
      return new BenchmarkDatabase(
          JdbcConnectionPool.create("jdbc:h2:mem:benchmark;DB_CLOSE_DELAY=-1", "sa", ""), null);
    }
    EmbeddedPostgres server = EmbeddedPostgres.start();
    HikariConfig config = new HikariConfig();
    config.setDataSource(server.getPostgresDatabase());
    return new BenchmarkDatabase(new HikariDataSource(config), server);
  }

  DataSource dataSource() {
    return dataSource;
  }

  /** Empties every table that the benchmark fills. */
  void empty() throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      for (String table : PROGRESS) {
        statement.execute("DELETE FROM " + table);
      }
      for (String table : HISTORY) {
        statement.execute("TRUNCATE TABLE " + table);
      }
    }
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
}
