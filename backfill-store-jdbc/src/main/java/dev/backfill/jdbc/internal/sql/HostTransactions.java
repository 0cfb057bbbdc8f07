package dev.backfill.jdbc.internal.sql;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Refuses connections that are in a transaction of the host. The store ends its own transactions,
 * and would end that one too.
 *
 * <p>Two facts are taken for evidence: a connection without auto-commit although an earlier one had
 * it, and a transaction that the driver or the database knows of. Safe for any number of threads.
 */
final class HostTransactions {

  /** The mode of the pool itself; a transaction never turns auto-commit on. */
  private volatile boolean usuallyAutoCommit;

  /**
   * Looks at a connection as it came.
   *
   * @param action the purpose of the connection, as a noun phrase for messages
   * @param rules the database's
   * @throws InvalidConfigurationException if it is in a transaction already
   */
  void refuse(String action, Connection connection, TransactionRules rules) throws SQLException {
    boolean autoCommit = connection.getAutoCommit();
    if (autoCommit) {
      usuallyAutoCommit = true;
    }
    if (!autoCommit && usuallyAutoCommit || rules.isUnderWay(connection, autoCommit)) {
      throw new InvalidConfigurationException(
          "The connection for "
              + action
              + " came in a transaction of the host, as from Spring's"
              + " TransactionAwareDataSourceProxy. Nothing was read or written, and that"
              + " transaction is as it was. Pass the target DataSource to JdbcStore.open instead of"
              + " the proxy, or call outside of the transaction.");
    }
  }
}
