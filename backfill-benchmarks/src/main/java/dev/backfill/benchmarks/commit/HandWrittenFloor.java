package dev.backfill.benchmarks.commit;

import dev.backfill.api.history.PullRequest;
import dev.backfill.benchmarks.BenchmarkDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** The min cost of the same rows and the same commits. */
final class HandWrittenFloor implements Writer {

  private final BenchmarkDatabase.Kind kind;
  private final DataSource dataSource;

  HandWrittenFloor(BenchmarkDatabase.Kind kind, DataSource dataSource) throws SQLException {
    this.kind = kind;
    this.dataSource = dataSource;
    try (Connection connection = dataSource.getConnection()) {
      HandWrittenUpserts.install(connection);
    }
  }

  @Override
  public void store(List<PullRequest> items, int chunkSize) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        HandWrittenUpserts upserts = new HandWrittenUpserts(kind, connection)) {
      for (int from = 0; from < items.size(); from += chunkSize) {
        int to = Math.min(items.size(), from + chunkSize);
        upserts.write(items.subList(from, to), to);
      }
    }
  }
}
