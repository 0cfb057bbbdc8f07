package dev.backfill.jdbc;

import static dev.backfill.jdbc.Chunks.chunk;
import static dev.backfill.jdbc.History.T0;
import static dev.backfill.jdbc.History.pullRequest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** What SQLite's own errors, which have no SQL states, come to. */
class SqliteFailureTest {

  private static final Sink<String> SINK = (items, transaction) -> new SinkCounts(items.size(), 0);

  @TempDir Path folder;
  private TestDatabase database;
  private Lease lease;

  @BeforeEach
  void install() {
    database = TestDatabase.sqlite(folder);
    lease = Chunks.claim(database.install().progress(), "worker");
  }

  @Test
  void aDatabaseThatAnotherWritesIntoIsWorthAnotherTry() throws Exception {
    SQLiteConfig impatient = new SQLiteConfig();
    impatient.setBusyTimeout(1);
    try (Connection other = database.dataSource().getConnection();
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      assertThatCommitWith(impatient).isInstanceOf(TransientFailureException.class);
      statement.execute("ROLLBACK");
    }
    JdbcStore store = open(impatient);
    assertThat(store.progress().commit(lease, chunk(1, List.of("a")), SINK).counts())
        .isEqualTo(new SinkCounts(1, 0));
  }

  /** SQLite refuses all but one of those that turn a file's journal mode at once. */
  @Test
  void manyMayOpenANewFileAtOnce() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(8);
    try {
      for (int file = 0; file < 100; file++) {
        TestDatabase fresh = TestDatabase.sqlite(folder);
        CyclicBarrier start = new CyclicBarrier(8);
        Callable<JdbcStore> open =
            () -> {
              start.await();
              return JdbcStore.open(fresh.dataSource());
            };
        for (Future<JdbcStore> store : executor.invokeAll(Collections.nCopies(8, open))) {
          assertThat(store.get()).isNotNull();
        }
      }
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void aFullDatabaseIsAPermanentFailure() throws Exception {
    SQLiteConfig small = new SQLiteConfig();
    small.setPragma(SQLiteConfig.Pragma.MAX_PAGE_COUNT, database.value("PRAGMA page_count"));
    assertThatCommitWith(small)
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("disk space");
  }

  @Test
  void aReadOnlyDatabaseIsAPermanentFailure() {
    SQLiteConfig readOnly = new SQLiteConfig();
    readOnly.setReadOnly(true);
    assertThatCommitWith(readOnly)
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("accepts writes");
  }

  @Test
  void aMissingFolderIsAPermanentFailure() {
    SQLiteDataSource dataSource = new SQLiteDataSource();
    dataSource.setUrl("jdbc:sqlite:" + folder.resolve("missing").resolve("file"));
    assertThatThrownBy(() -> JdbcStore.open(dataSource))
        .isInstanceOf(PermanentFailureException.class);
  }

  @Test
  void aConstraintBlamesAnItem() throws Exception {
    database.execute("CREATE UNIQUE INDEX one_of_each_title ON {pull_requests} (title)");
    database.execute(
        "CREATE TRIGGER no_poison BEFORE INSERT ON {pull_requests} WHEN NEW.title = 'poison'"
            + " BEGIN SELECT RAISE(ABORT, 'poison'); END");
    assertThatThrownBy(() -> commit(new SQLiteConfig(), "twice", "twice"))
        .isInstanceOf(PoisonItemException.class);
    assertThatThrownBy(() -> commit(new SQLiteConfig(), "poison", "fine"))
        .isInstanceOf(PoisonItemException.class);
  }

  @Test
  void aMissingTableIsAPermanentFailure() throws Exception {
    database.execute("DROP TABLE {accounts}");
    assertThatCommitWith(new SQLiteConfig())
        .isInstanceOfSatisfying(
            PermanentFailureException.class,
            e -> assertThat(e.reason()).isEqualTo(PermanentFailureException.Reason.NOT_INSTALLED))
        .hasMessageContaining("installSchema");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertThatCommitWith(
      SQLiteConfig config) {
    return assertThatThrownBy(() -> commit(config, "x".repeat(100_000), "second"));
  }

  private void commit(SQLiteConfig config, String first, String second) throws SQLException {
    JdbcStore store = open(config);
    store
        .progress()
        .commit(
            lease,
            chunk(1, List.of(pullRequest(1, first, T0), pullRequest(2, second, T0))),
            store.pullRequests());
  }

  private JdbcStore open(SQLiteConfig config) {
    SQLiteDataSource dataSource = new SQLiteDataSource(config);
    dataSource.setUrl(((SQLiteDataSource) database.dataSource()).getUrl());
    return JdbcStore.open(dataSource);
  }
}
