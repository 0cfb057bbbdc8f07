package dev.backfill.jdbc;

import static dev.backfill.jdbc.Chunks.chunk;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.testkit.fault.FaultyDataSource;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand chunks of one item: the last costs as many statements as the first. */
class LongHistoryTest {

  private static final int CHUNKS = 10_000;
  private static final Sink<String> SINK = (items, transaction) -> new SinkCounts(items.size(), 0);

  @Test
  void aChunkCostsTheSameAllAlongOnH2() {
    commitAll(TestDatabase.h2());
  }

  @Test
  void aChunkCostsTheSameAllAlongOnPostgres() {
    commitAll(TestDatabase.postgres());
  }

  @Test
  void aChunkCostsTheSameAllAlongOnSqlite(@TempDir Path folder) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(TestDatabase.sqlite(folder).dataSource());
    config.setMaximumPoolSize(2);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      commitAll(new TestDatabase(pool, TableNames.DEFAULT));
    }
  }

  private static void commitAll(TestDatabase database) {
    FaultyDataSource calls = new FaultyDataSource(database.dataSource());
    database.install();
    ProgressStore progress = JdbcStore.open(calls.dataSource(), database.names()).progress();
    Lease lease = Chunks.claim(progress, "worker");
    Cost cost = new Cost(new long[CHUNKS]);
    for (int number = 1; number <= CHUNKS; number++) {
      long before = calls.executions();
      progress.commit(lease, commit(number), SINK);
      cost.statements()[number - 1] = calls.executions() - before;
    }

    assertThat(cost.plain(10)).isEqualTo(cost.plain(CHUNKS)).isLessThanOrEqualTo(4);
    assertThat(cost.rejecting(10)).isEqualTo(cost.rejecting(CHUNKS)).isLessThanOrEqualTo(4);
    assertThat(cost.keyed(10)).isEqualTo(cost.keyed(CHUNKS)).isEqualTo(cost.rejecting(10) + 1);
  }

  /** Of ten chunks the ninth rejects an item, and the eighth knows that something is there. */
  private static ChunkCommit<String> commit(int number) {
    List<RejectedItem> rejected =
        number % 10 == 9 || number % 10 == 8
            ? List.of(new RejectedItem("" + number, "no", ""))
            : List.of();
    ChunkCommit<String> chunk = chunk(number, List.of("item"), rejected, Total.UNKNOWN);
    return number % 10 == 8 ? chunk.withItemKeys(List.of("" + (number - 9))) : chunk;
  }

  /** How many statements each commit took; numbers count from one. */
  private record Cost(long[] statements) {

    long plain(int number) {
      return statements[number - 1];
    }

    /** Of the last chunk before this that rejected an item. */
    long rejecting(int number) {
      return statements[number - 2];
    }

    /** Of the last chunk before this that came with keys that may be in quarantine. */
    long keyed(int number) {
      return statements[number - 3];
    }
  }
}
