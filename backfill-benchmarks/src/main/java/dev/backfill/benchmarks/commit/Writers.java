package dev.backfill.benchmarks.commit;

import com.zaxxer.hikari.HikariDataSource;
import dev.backfill.benchmarks.BenchmarkDatabase;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ways to store pull requests in a database.
 *
 * @param byName by their names in tables; ours, which creates the tables, is the first
 * @param rewriting the pool of those whose driver rewrites batches
 */
record Writers(Map<String, Writer> byName, @Nullable HikariDataSource rewriting)
    implements AutoCloseable {

  static Writers open(BenchmarkDatabase database) throws Exception {
    BenchmarkDatabase.Kind kind = database.kind();
    Map<String, Writer> writers = new LinkedHashMap<>();
    writers.put("backfill", new BackfillWriter(database.dataSource()));
    writers.put("hand-written", new HandWrittenFloor(kind, database.dataSource()));
    writers.put("Spring Batch", new SpringBatchWriter(kind, database.dataSource()));
    if (kind == BenchmarkDatabase.Kind.H2) {
      return new Writers(writers, null);
    }
    HikariDataSource rewriting = database.rewritingDataSource();
    writers.put("hand-written, rewritten batches", new HandWrittenFloor(kind, rewriting));
    writers.put("Spring Batch, rewritten batches", new SpringBatchWriter(kind, rewriting));
    writers.put("one COPY of everything", new CopyOfEverything(database.dataSource()));
    return new Writers(writers, rewriting);
  }

  @Override
  public void close() {
    if (rewriting != null) {
      rewriting.close();
    }
  }
}
