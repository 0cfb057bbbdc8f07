package dev.backfill.jdbc.internal.sql;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A check that refuses connections in a transaction of the host. The store ends its own
 * transactions, and would end that one too.
 *
 * <p>Evidence is a connection without auto-commit although an earlier one had it, or a transaction
 * that the driver or the database reports. Safe for any number of threads.
 */
final class HostTransactions {

  /** True if the pool's own mode is auto-commit; a transaction never turns auto-commit on. */
  private volatile boolean usuallyAutoCommit;

  /**
   * Checks a connection before its first use.
   *
   * @param action the purpose of the connection, as a noun phrase for messages
   * @param rules the rules of the database
   * @throws InvalidConfigurationException if it is already in a transaction
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
