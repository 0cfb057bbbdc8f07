package dev.backfill.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * The source of connections. The first connection to an SQLite file sets the journal mode of its
 * URL. SQLite refuses concurrent connections at once then, for any {@code busy_timeout}, so they
 * retry.
 */
final class Connections {

  /**
   * The max time of a retry; a later refusal came after the {@code busy_timeout}, which was the
   * wait.
   */
  private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(2);

  private static final long PAUSE_MILLIS = 5;

  private final DataSource dataSource;
  private final HostTransactions host = new HostTransactions();

  Connections(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Opens a connection, which the caller closes.
   *
   * @param action the purpose, as a noun phrase for messages
   * @param rules the rules of the database
   * @throws dev.backfill.api.failure.InvalidConfigurationException if it is in a transaction of the
   *     host
   */
  Connection take(String action, TransactionRules rules) throws SQLException {
    Connection connection = connect();
    try {
      host.refuse(action, connection, rules);
      return connection;
    } catch (SQLException | RuntimeException e) {
      close(connection, e);
      throw e;
    }
  }

  private static void close(Connection connection, Exception failure) {
    try {
      connection.close();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  private Connection connect() throws SQLException {
    long start = System.nanoTime();
    while (true) {
      try {
        return dataSource.getConnection();
      } catch (SQLException e) {
        if (!SqlFailures.isBusyFile(e) || System.nanoTime() - start > TIMEOUT || !pause()) {
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
