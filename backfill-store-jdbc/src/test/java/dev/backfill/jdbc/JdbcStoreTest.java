package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

class JdbcStoreTest {

  @Test
  void refusesAnotherDatabase() {
    assertThatThrownBy(() -> JdbcStore.open(databaseNamed("Oracle")))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("Oracle")
        .hasMessageContaining("PostgreSQL, H2 or SQLite");
  }

  @Test
  void aDatabaseThatIsDownIsWorthAnotherTry() {
    PGSimpleDataSource down = new PGSimpleDataSource();
    down.setServerNames(new String[] {"127.0.0.1"});
    down.setPortNumbers(new int[] {1});
    assertThatThrownBy(() -> JdbcStore.open(down)).isInstanceOf(TransientFailureException.class);
  }

  @Test
  void aMissingDatabaseIsNot() {
    DataSource missing = TestDatabase.server().getDatabase("postgres", "no_such_database");
    assertThatThrownBy(() -> JdbcStore.open(missing))
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("Create the database");
  }

  @Test
  void worksWithAPoolThatDoesNotCommitByItself() {
    TestDatabase database = TestDatabase.postgres();
    HikariConfig config = new HikariConfig();
    config.setDataSource(TestDatabase.server().getPostgresDatabase());
    config.setAutoCommit(false);
    config.setMaximumPoolSize(1);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      JdbcStore store = database.with(pool).install();
      store.progress().register(Chunks.KEY, "manual");
    }
    assertThat(database.install().progress().list()).hasSize(1);
  }

  @Test
  void refusesASchemaWhereThereAreNone(@TempDir Path folder) {
    DataSource sqlite = TestDatabase.sqlite(folder).dataSource();
    assertThatThrownBy(() -> JdbcStore.open(sqlite, new TableNames("history", "")))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("history")
        .hasMessageContaining("prefix");
  }

  @Test
  void aSinkNeedsAJdbcStore() {
    Sink<String> sink = JdbcSink.of((connection, items) -> SinkCounts.NONE);
    SinkTransaction none =
        new SinkTransaction() {
          @Override
          public <R> Optional<R> unwrap(Class<R> type) {
            return Optional.empty();
          }
        };
    assertThatThrownBy(() -> sink.write(List.of("a"), none))
        .isInstanceOf(InvalidConfigurationException.class);
  }

  private static DataSource databaseNamed(String name) {
    DatabaseMetaData metaData = stub(DatabaseMetaData.class, "getDatabaseProductName", name);
    Connection connection = stub(Connection.class, "getMetaData", metaData);
    return stub(DataSource.class, "getConnection", connection);
  }

  private static <T> T stub(Class<T> type, String method, Object answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, called, args) -> {
              if (called.getName().equals(method)) {
                return answer;
              }
              return called.getName().equals("getAutoCommit") ? true : null;
            }));
  }
}
