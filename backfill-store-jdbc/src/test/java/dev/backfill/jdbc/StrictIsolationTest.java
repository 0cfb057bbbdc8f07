package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.report.FailureLog;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.testkit.FailureLogContract;
import dev.backfill.testkit.JobStoreContract;
import dev.backfill.testkit.ProgressStoreContract;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Databases and pools whose default isolation is stricter than READ COMMITTED. */
@Order(3)
class StrictIsolationTest {

  private static final Map<String, DataSource> POOLS = new ConcurrentHashMap<>();

  /** Connections whose default is this level, as the server's configuration may have it. */
  private static TestDatabase postgres(String level) {
    return TestDatabase.postgres().with(POOLS.computeIfAbsent(level, StrictIsolationTest::pool));
  }

  private static DataSource pool(String level) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(TestDatabase.server().getJdbcUrl("postgres", "postgres"));
    source.setOptions("-c default_transaction_isolation=" + level.replace(" ", "\\ "));
    HikariConfig config = new HikariConfig();
    config.setDataSource(source);
    config.setMaximumPoolSize(16);
    config.setMinimumIdle(0);
    return new HikariDataSource(config);
  }

  /** Connections that a pool sets to this level. */
  private static TestDatabase h2(String level) {
    TestDatabase plain = TestDatabase.h2();
    HikariConfig config = new HikariConfig();
    config.setDataSource(plain.dataSource());
    config.setTransactionIsolation(level);
    config.setMaximumPoolSize(16);
    config.setMinimumIdle(0);
    return plain.with(new HikariDataSource(config));
  }

  @Nested
  class PostgresRepeatableRead extends ProgressContract {
    PostgresRepeatableRead() {
      super(postgres("repeatable read"));
    }
  }

  @Nested
  class PostgresSerializable extends ProgressContract {
    PostgresSerializable() {
      super(postgres("serializable"));
    }
  }

  @Nested
  class H2Serializable extends ProgressContract {
    H2Serializable() {
      super(h2("TRANSACTION_SERIALIZABLE"));
    }
  }

  @Nested
  class JobsOnPostgres extends JobStoreContract {

    private final TestDatabase database = postgres("serializable");

    @Override
    protected Stores stores() {
      JdbcStore store = database.install();
      return new Stores() {
        @Override
        public ProgressStore progress() {
          return store.progress();
        }

        @Override
        public JobStore jobs() {
          return store.jobs();
        }
      };
    }

    @Override
    protected void expireLease(BackfillId id) throws SQLException {
      database.expireLease(id);
    }
  }

  @Nested
  class FailuresOnPostgres extends FailureLogContract {

    private final TestDatabase database = postgres("repeatable read");

    @Override
    protected FailureLog log() {
      return database.install().failures();
    }

    @Override
    protected void expireClaim(String fingerprint) throws SQLException {
      database.expireClaim(fingerprint);
    }
  }

  @Nested
  class CommitsOnPostgres extends AbstractHistoryCommitTest {
    @Override
    TestDatabase database() {
      return postgres("serializable");
    }
  }

  /** The contract of the progress on a database. */
  abstract static class ProgressContract extends ProgressStoreContract {

    private final TestDatabase database;

    ProgressContract(TestDatabase database) {
      this.database = database;
    }

    @Override
    protected ProgressStore store() {
      return database.install().progress();
    }

    @Override
    protected void expireLease(BackfillId id) throws SQLException {
      database.expireLease(id);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"repeatable read", "serializable"})
  void aChunkIsReadCommittedAndTheDefaultIsRestoredOnPostgres(String level) throws Exception {
    assertReadCommitted(postgres(level), "SHOW transaction_isolation", level);
  }

  @ParameterizedTest
  @ValueSource(strings = {"REPEATABLE READ", "SERIALIZABLE", "SNAPSHOT"})
  void aChunkIsReadCommittedAndTheConnectionKeepsItsDefaultOnH2(String level) throws Exception {
    TestDatabase database =
        TestDatabase.h2With(
            ";INIT=SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL " + level);
    assertReadCommitted(
        database,
        "SELECT isolation_level FROM information_schema.sessions WHERE session_id = SESSION_ID()",
        level);
  }

  private static void assertReadCommitted(TestDatabase database, String query, String level)
      throws Exception {
    HikariConfig config = new HikariConfig();
    config.setDataSource(database.dataSource());
    config.setMaximumPoolSize(1);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      JdbcStore store = database.with(pool).install();
      List<String> inTheChunk = new ArrayList<>();
      Sink<String> sink =
          JdbcSink.of(
              (connection, items) -> {
                inTheChunk.add(text(connection, query));
                return new SinkCounts(items.size(), 0);
              });
      Lease lease = Chunks.claim(store.progress(), "worker");
      store.progress().commit(lease, Chunks.chunk(1, List.of("a")), sink);

      assertThat(inTheChunk).singleElement().asString().isEqualToIgnoringCase("READ COMMITTED");
      try (Connection connection = pool.getConnection()) {
        assertThat(text(connection, query)).isEqualToIgnoringCase(level);
      }
    }
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (var statement = connection.prepareStatement(query);
        var rows = statement.executeQuery()) {
      rows.next();
      return rows.getString(1);
    }
  }
}
