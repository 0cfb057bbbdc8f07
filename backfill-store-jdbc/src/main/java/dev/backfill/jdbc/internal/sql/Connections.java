package dev.backfill.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Takes connections. The first one to an SQLite file turns it to the journal mode that its URL
 * says, and those that come at that moment are refused at once, whatever their {@code busy_timeout}
 * is: they ask again.
 */
final class Connections {

  /**
   * A refusal that comes later than this came after the {@code busy_timeout}, which was the wait.
   */
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);

  private static final long PAUSE_MILLIS = 5;

  private final DataSource dataSource;

  Connections(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** A connection, which the caller closes. */
  Connection take() throws SQLException {
    long start = System.nanoTime();
    while (true) {
      try {
        return dataSource.getConnection();
      } catch (SQLException e) {
        if (!SqlFailures.isBusyFile(e) || System.nanoTime() - start > PATIENCE || !pause()) {
          throw e;
        }
      }
    }
  }

  private static boolean pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
