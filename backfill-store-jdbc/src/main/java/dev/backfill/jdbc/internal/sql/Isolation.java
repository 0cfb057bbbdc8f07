package dev.backfill.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The means by which a transaction becomes READ COMMITTED if the connection's default is another:
 * under a stricter one, the store would see what was there when it began to wait for a lock.
 */
public enum Isolation {
  /** Leaves it, since the database has one writer at a time. */
  AS_IT_IS,

  /** Begins with a statement that holds for the transaction alone, so that poolers do no harm. */
  OF_THE_TRANSACTION,

  /** Sets it on the connection, and puts back the level that the connection had. */
  OF_THE_CONNECTION;

  private static final int UNCHANGED = -1;

  /**
   * Makes the transaction that begins READ COMMITTED.
   *
   * @param connection without a transaction under way
   * @return the level to {@linkplain #restore put back}
   */
  int begin(Connection connection) throws SQLException {
    if (this == OF_THE_CONNECTION) {
      int before = connection.getTransactionIsolation();
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      return before;
    }
    return UNCHANGED;
  }

  /** Runs what has to be the first statement of a transaction, which has begun. */
  void first(Connection connection) throws SQLException {
    if (this == OF_THE_TRANSACTION) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
      }
    }
  }

  /** Puts a connection's level back after its transaction. */
  static void restore(Connection connection, int before) throws SQLException {
    if (before != UNCHANGED) {
      connection.setTransactionIsolation(before);
    }
  }
}
