package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;

/** A transaction that the host has begun is neither committed nor rolled back by the store. */
class HostTransactionTest {

  private static final Sink<String> SINK = (items, transaction) -> new SinkCounts(items.size(), 0);

  @TempDir Path folder;

  /** The databases. */
  enum Kind {
    POSTGRES,
    H2,
    SQLITE
  }

  @ParameterizedTest
  @EnumSource
  void everyCallInATransactionOfTheHostIsRefusedAndEndsNothing(Kind kind) throws Exception {
    Host host = new Host(kind, true);
    JdbcStore store = host.install();
    Lease lease = Chunks.claim(store.progress(), "worker");

    calls(store, lease)
        .forEach(
            (name, call) -> {
              host.inATransaction(() -> assertRefused(name, call::run));
              assertThat(host.rows()).as("after %s", name).isZero();
            });

    store.progress().commit(lease, Chunks.chunk(1, List.of("a")), SINK);
    assertThat(store.progress().release(lease, LeaseRelease.moreToDo()).counters().processed())
        .isEqualTo(1);
  }

  /** One call for each way in which the store takes connections. */
  private static Map<String, Runnable> calls(JdbcStore store, Lease lease) {
    ProgressStore progress = store.progress();
    Map<String, Runnable> calls = new LinkedHashMap<>();
    calls.put("register", () -> progress.register(Chunks.KEY, "manual"));
    calls.put("find", () -> progress.find(Chunks.KEY));
    calls.put("list", () -> progress.list());
    calls.put("renew", () -> progress.renew(lease));
    calls.put("control", () -> progress.control(lease.backfill(), Control.PAUSE));
    calls.put(
        "claimNext",
        () ->
            progress.claimNext(
                new LeaseRequest("other", "local", Duration.ofMinutes(5)), Set.of("a source")));
    calls.put("commit", () -> progress.commit(lease, Chunks.chunk(1, List.of("a")), SINK));
    calls.put("rehearse", () -> progress.tryWrite(lease, List.of("a"), SINK));
    calls.put("release", () -> progress.release(lease, LeaseRelease.moreToDo()));
    calls.put("jobs", () -> store.jobs().find(Chunks.KEY));
    calls.put("failures", () -> store.failures().find("none"));
    calls.put("installSchema", () -> store.installSchema());
    return calls;
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRES", "H2"})
  void aStoreThatIsOpenedInTheTransactionIsRefusedToo(Kind kind) throws Exception {
    Host host = new Host(kind, true);
    host.install();

    host.inATransaction(
        () -> assertRefused("open", () -> JdbcStore.open(host.proxy, host.database.names())));

    assertThat(host.rows()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void aPoolWithoutAutoCommitWorks(Kind kind) throws Exception {
    Host host = new Host(kind, false);
    JdbcStore store = JdbcStore.open(host.pool, host.database.names());
    store.installSchema();

    Lease lease = Chunks.claim(store.progress(), "worker");
    store.progress().commit(lease, Chunks.chunk(1, List.of("a")), SINK);

    assertThat(store.progress().get(lease.backfill()).counters().processed()).isEqualTo(1);
    assertThat(store.progress().release(lease, LeaseRelease.moreToDo()).holder()).isNull();
  }

  @ParameterizedTest
  @EnumSource(names = {"POSTGRES", "H2"})
  void aTransactionOfAPoolWithoutAutoCommitIsNoticed(Kind kind) throws Exception {
    Host host = new Host(kind, false);
    JdbcStore store = host.install();

    host.inATransaction(
        () -> assertRefused("register", () -> store.progress().register(Chunks.KEY, "manual")));

    assertThat(host.rows()).isZero();
    assertThat(store.progress().register(Chunks.KEY, "manual")).isNotNull();
  }

  /** A host may begin with a statement, on a connection that it shares in a way of its own. */
  @Test
  void aTransactionThatBeganWithAStatementIsNoticedOnPostgres() throws Exception {
    Host host = new Host(Kind.POSTGRES, true);
    host.install();
    try (Connection shared = host.pool.getConnection();
        Statement statement = shared.createStatement()) {
      JdbcStore store = JdbcStore.open(always(shared), host.database.names());
      statement.execute("BEGIN");
      statement.execute(host.insert());
      assertRefused("register", () -> store.progress().register(Chunks.KEY, "manual"));
      statement.execute("ROLLBACK");
    }
    assertThat(host.rows()).isZero();
  }

  private static void assertRefused(String name, ThrowingCallable call) {
    assertThatThrownBy(call)
        .as(name)
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("TransactionAwareDataSourceProxy")
        .hasMessageContaining("Pass the target DataSource");
  }

  /** A data source whose connections are one, which closing leaves open. */
  private static DataSource always(Connection connection) {
    Connection lent =
        proxy(
            Connection.class,
            (self, method, args) ->
                method.getName().equals("close") ? null : method.invoke(connection, args));
    return proxy(DataSource.class, (self, method, args) -> lent);
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            HostTransactionTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, args) -> {
              try {
                return handler.invoke(self, method, args);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            }));
  }

  /** A host with Spring's transactions, a table of its own, and a pool. */
  private final class Host {

    private final TestDatabase database;
    private final DataSource pool;
    private final DataSource proxy;
    private final TransactionTemplate transactions;

    Host(Kind kind, boolean autoCommit) throws SQLException {
      this.database =
          switch (kind) {
            case POSTGRES -> TestDatabase.postgres();
            case H2 -> TestDatabase.h2();
            case SQLITE -> TestDatabase.sqlite(folder);
          };
      HikariConfig config = new HikariConfig();
      config.setDataSource(
          kind == Kind.POSTGRES
              ? TestDatabase.server().getPostgresDatabase()
              : database.dataSource());
      config.setAutoCommit(autoCommit);
      config.setMaximumPoolSize(4);
      config.setMinimumIdle(0);
      this.pool = new HikariDataSource(config);
      this.proxy = new TransactionAwareDataSourceProxy(pool);
      this.transactions = new TransactionTemplate(new DataSourceTransactionManager(pool));
    }

    JdbcStore install() throws SQLException {
      database.install();
      database.execute("CREATE TABLE {host} (id BIGINT)");
      return JdbcStore.open(proxy, database.names());
    }

    String insert() {
      return "INSERT INTO " + database.table("host") + " VALUES (1)";
    }

    /** Writes a row, does the work, and takes both back. */
    void inATransaction(Runnable work) {
      transactions.executeWithoutResult(
          status -> {
            try (Connection connection = proxy.getConnection();
                Statement statement = connection.createStatement()) {
              statement.executeUpdate(insert());
            } catch (SQLException e) {
              throw new AssertionError(e);
            }
            status.setRollbackOnly();
            work.run();
          });
    }

    long rows() {
      try {
        return Long.parseLong(String.valueOf(database.value("SELECT COUNT(*) FROM {host}")));
      } catch (SQLException e) {
        throw new AssertionError(e);
      }
    }
  }
}
