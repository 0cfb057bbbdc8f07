package dev.backfill.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.SQLException;

/** The peculiarities of a database's transactions. */
public interface TransactionRules {

  /**
   * Finds out whether a connection that has just been handed out is in a transaction already.
   *
   * @param connection the connection as it came
   * @param autoCommit its mode
   * @return false also if the database cannot tell
   */
  default boolean isUnderWay(Connection connection, boolean autoCommit) throws SQLException {
    return false;
  }

  /** The means by which a transaction becomes READ COMMITTED. */
  default Isolation isolation() {
    return Isolation.AS_IT_IS;
  }
}
