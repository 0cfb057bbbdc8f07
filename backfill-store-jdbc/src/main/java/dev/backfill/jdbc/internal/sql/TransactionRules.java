package dev.backfill.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.SQLException;

/** The peculiarities of a database's transactions. */
public interface TransactionRules {

  /**
   * Returns true if a new connection from the pool is already in a transaction.
   *
   * @param connection the connection before its first use
   * @param autoCommit its mode
   * @return false also if the database cannot report it
   */
  default boolean isUnderWay(Connection connection, boolean autoCommit) throws SQLException {
    return false;
  }

  /** Returns the means to make a transaction READ COMMITTED. */
  default Isolation isolation() {
    return Isolation.AS_IT_IS;
  }
}
