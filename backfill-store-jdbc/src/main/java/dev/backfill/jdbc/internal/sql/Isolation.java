package dev.backfill.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The means to make a transaction READ COMMITTED if the connection has another default. Under a
 * stricter one the store would see the rows from before its wait for a lock.
 */
public enum Isolation {
  /** Leaves it, since the database has one writer at a time. */
  AS_IT_IS,

  /** Begins with a statement for the transaction alone, so that poolers do no harm. */
  OF_THE_TRANSACTION,

  /** Sets it on the connection, and restores the connection's level afterwards. */
  OF_THE_CONNECTION;

  private static final int UNCHANGED = -1;

  /**
   * Makes the next transaction READ COMMITTED.
   *
   * @param connection not in a transaction
   * @return the level to {@linkplain #restore restore}
   */
  int begin(Connection connection) throws SQLException {
    if (this == OF_THE_CONNECTION) {
      int before = connection.getTransactionIsolation();
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      return before;
    }
    return UNCHANGED;
  }

  /** Runs the statement that must be the first of a transaction, if there is one. */
  void first(Connection connection) throws SQLException {
    if (this == OF_THE_TRANSACTION) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
      }
    }
  }

  /** Restores a connection's level after its transaction. */
  static void restore(Connection connection, int before) throws SQLException {
    if (before != UNCHANGED) {
      connection.setTransactionIsolation(before);
    }
  }
}
