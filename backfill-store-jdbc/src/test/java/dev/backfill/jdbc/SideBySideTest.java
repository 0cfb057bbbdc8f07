package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.schema.SchemaVersion;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nodes of the release before and of this one work on the same database. */
@Timeout(60)
class SideBySideTest {

  private static final Sink<String> SINK =
      JdbcSink.of((connection, items) -> new SinkCounts(items.size(), 0));

  @Test
  void inPostgres() throws Exception {
    alternate(TestDatabase.postgres(), "postgresql");
  }

  @Test
  void inH2() throws Exception {
    alternate(TestDatabase.h2(), "h2");
  }

  /** PostgreSQL refuses a statement that it keeps prepared when its columns have changed. */
  @Test
  void aColumnThatIsAddedMeanwhileDoesNotStopANode() throws Exception {
    TestDatabase database = TestDatabase.postgres();
    HikariConfig config = new HikariConfig();
    config.setDataSource(TestDatabase.server().getPostgresDatabase());
    config.setMaximumPoolSize(1);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      JdbcStore store = database.with(pool).install();
      Lease lease = Chunks.claim(store.progress(), "worker");
      for (int number = 1; number <= 20; number++) {
        store.progress().commit(lease, chunk(number), SINK);
        store.progress().renew(lease);
      }
      for (String table : List.of("backfill_progress", "backfill_chunks", "backfill_quarantine")) {
        database.execute("ALTER TABLE {" + table + "} ADD COLUMN added_by_a_newer_release text");
      }
      ChunkCommit<String> next = chunk(21);
      assertThatThrownBy(() -> store.progress().commit(lease, next, SINK))
          .isInstanceOf(TransientFailureException.class)
          .hasMessageContaining("A retry may succeed.");
      store.progress().commit(lease, next, SINK);
      assertNoGap(store, lease.backfill().value(), 21);
    }
  }

  @Test
  void anOldNodeCommitsWhileTheSchemaIsUpgraded() throws Exception {
    TestDatabase database = TestDatabase.postgres();
    PreviousRelease old = new PreviousRelease(database, "postgresql");
    old.install("postgresql");
    long id = old.begin(Chunks.KEY.source(), Chunks.KEY.target());
    CountDownLatch underWay = new CountDownLatch(1);
    AtomicBoolean upgraded = new AtomicBoolean();
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      Future<Long> last =
          executor.submit(
              () -> {
                long number = 0;
                long stop = Long.MAX_VALUE;
                while (number < stop) {
                  number++;
                  commitDespiteAChangedPlan(old, id, number);
                  old.renew(id, 1);
                  if (number == 3) {
                    underWay.countDown();
                  }
                  if (stop == Long.MAX_VALUE && upgraded.get()) {
                    stop = number + 20;
                  }
                }
                return number;
              });
      underWay.await();
      JdbcStore store = JdbcStore.open(database.dataSource(), database.names());
      try {
        store.installSchema();
      } finally {
        upgraded.set(true);
      }
      assertThat(last.get()).isGreaterThan(20);
      assertNoGap(store, id, last.get());
      assertThat(database.columns("backfill_progress")).contains("verify_cursor");
    } finally {
      executor.shutdownNow();
    }
  }

  private static void alternate(TestDatabase database, String dialect) throws SQLException {
    PreviousRelease old = new PreviousRelease(database, dialect);
    old.install(dialect);
    long id = old.begin(Chunks.KEY.source(), Chunks.KEY.target());
    old.commit(id, 1, 1);

    JdbcStore store = JdbcStore.open(database.dataSource(), database.names());
    store.installSchema();

    old.renew(id, 1);
    old.commit(id, 1, 2);
    old.recordFailure(id, 1);
    old.commit(id, 1, 3);
    old.release(id, 1);
    Lease lease = Chunks.claim(store.progress(), "the new node");
    assertThat(lease.fence()).isEqualTo(2);
    store.progress().commit(lease, chunk(4), SINK);
    Backfill released = store.progress().release(lease, LeaseRelease.moreToDo());
    assertThat(released.counters().processed()).isEqualTo(8);
    assertThat(old.claim(Chunks.KEY.source(), Chunks.KEY.target())).isEqualTo(id);
    old.commit(id, 3, 5);
    old.release(id, 3);

    assertNoGap(store, id, 5);
    assertThat(store.progress().chunks(new BackfillId(id), 1, 5))
        .as("the old node keeps no basis")
        .extracting(chunk -> chunk.sizeBasis())
        .containsExactly(null, null, null, "what the policy saw", null);
    assertThat(
            database.query(
                "SELECT version, compatible_from FROM {backfill_schema_version} ORDER BY version"))
        .extracting(row -> row.get("version") + ":" + row.get("compatible_from"))
        .startsWith("1:null", "2:null", "3:1", "4:1")
        .containsExactlyElementsOf(SchemaVersion.ALL.stream().map(SideBySideTest::row).toList());
  }

  /** Only the new release stores which nodes a version works with. */
  private static String row(SchemaVersion version) {
    return version.number() + ":" + (version.number() <= 2 ? null : version.compatibleFrom());
  }

  private static ChunkCommit<String> chunk(long number) {
    return Chunks.chunk(number, List.of("a", "b"), List.of(), Total.exact(100));
  }

  private static void assertNoGap(JdbcStore store, long id, long last) {
    assertThat(store.progress().chunks(new BackfillId(id), 1, 1000))
        .extracting(CommittedChunk::number)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, last).boxed().toList());
  }

  /** The old release ends a job whose plan is out of date, and its next run goes on. */
  private static void commitDespiteAChangedPlan(PreviousRelease old, long id, long number)
      throws SQLException {
    try {
      old.commit(id, 1, number);
    } catch (SQLException e) {
      if (!String.valueOf(e.getMessage()).contains("cached plan must not change result type")) {
        throw e;
      }
      old.commit(id, 1, number);
    }
  }
}
