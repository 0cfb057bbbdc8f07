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
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand chunks of one item: the last costs what the first did. */
class LongHistoryTest {

  private static final int CHUNKS = 10_000;
  private static final int STRETCH = 100;
  private static final int STRETCHES = 5;

  /** So many chunks of another backfill come first, for the JVM to compile what it will. */
  private static final int WARM_UP = 500;

  /** A commit that read what the history has so far would be many times slower in the end. */
  private static final long FACTOR = 2;

  private static final Sink<String> SINK = (items, transaction) -> new SinkCounts(items.size(), 0);

  @Test
  void aChunkCostsTheSameAllAlongOnH2() {
    commitAll(TestDatabase.h2(), TestDatabase.h2(), LongHistoryTest::cpuNanos);
  }

  @Test
  void aChunkCostsTheSameAllAlongOnPostgres() {
    commitAll(TestDatabase.postgres(), TestDatabase.postgres(), System::nanoTime);
  }

  @Test
  void aChunkCostsTheSameAllAlongOnSqlite(@TempDir Path folder) {
    try (HikariDataSource warmUp = pool(TestDatabase.sqlite(folder).dataSource());
        HikariDataSource pool = pool(TestDatabase.sqlite(folder).dataSource())) {
      commitAll(
          new TestDatabase(warmUp, TableNames.DEFAULT),
          new TestDatabase(pool, TableNames.DEFAULT),
          LongHistoryTest::cpuNanos);
    }
  }

  private static HikariDataSource pool(DataSource dataSource) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(dataSource);
    config.setMaximumPoolSize(2);
    return new HikariDataSource(config);
  }

  private static void commitAll(TestDatabase warmUp, TestDatabase database, LongSupplier nanos) {
    commit(warmUp, WARM_UP, nanos);
    Cost cost = commit(database, CHUNKS, nanos);

    assertThat(cost.plain(10)).isEqualTo(cost.plain(CHUNKS)).isLessThanOrEqualTo(4);
    assertThat(cost.rejecting(10)).isEqualTo(cost.rejecting(CHUNKS)).isLessThanOrEqualTo(4);
    assertThat(cost.keyed(10)).isEqualTo(cost.keyed(CHUNKS)).isEqualTo(cost.rejecting(10) + 1);
    assertThat(cost.quick(CHUNKS - STRETCHES * STRETCH))
        .as("nanoseconds of a quick commit in the end")
        .isLessThan(FACTOR * cost.quick(0));
  }

  /** A database in this process works in this thread, whatever else the machine does. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static Cost commit(TestDatabase database, int chunks, LongSupplier nanos) {
    FaultyDataSource calls = new FaultyDataSource(database.dataSource());
    database.install();
    ProgressStore progress = JdbcStore.open(calls.dataSource(), database.names()).progress();
    Lease lease = Chunks.claim(progress, "worker");
    Cost cost = new Cost(new long[chunks], new long[chunks]);
    for (int number = 1; number <= chunks; number++) {
      ChunkCommit<String> chunk = commit(number);
      long before = calls.executions();
      long start = nanos.getAsLong();
      progress.commit(lease, chunk, SINK);
      cost.nanos()[number - 1] = nanos.getAsLong() - start;
      cost.statements()[number - 1] = calls.executions() - before;
    }
    return cost;
  }

  /** Of ten chunks the ninth rejects an item, and the eighth knows that something is there. */
  private static ChunkCommit<String> commit(int number) {
    List<RejectedItem> rejected =
        number % 10 == 9 || number % 10 == 8
            ? List.of(new RejectedItem("" + number, "no", ""))
            : List.of();
    ChunkCommit<String> chunk = chunk(number, List.of("item"), rejected, Total.UNKNOWN);
    return number % 10 == 8
        ? new ChunkCommit<>(
            number,
            chunk.attemptId(),
            chunk.before(),
            chunk.chunk(),
            chunk.measures(),
            chunk.total(),
            List.of("" + (number - 9)))
        : chunk;
  }

  /** What each commit took; numbers count from one. */
  private record Cost(long[] statements, long[] nanos) {

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

    /**
     * What a commit takes when little else goes on in the machine: the quickest quarter's slowest
     * in the quietest stretch from there.
     */
    long quick(int from) {
      return IntStream.range(0, STRETCHES)
          .mapToLong(stretch -> quarter(from + stretch * STRETCH))
          .min()
          .orElseThrow();
    }

    private long quarter(int from) {
      long[] stretch = Arrays.copyOfRange(nanos, from, from + STRETCH);
      Arrays.sort(stretch);
      return stretch[STRETCH / 4];
    }
  }
}
