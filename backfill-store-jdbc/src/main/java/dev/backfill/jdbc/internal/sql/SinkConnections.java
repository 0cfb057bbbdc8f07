package dev.backfill.jdbc.internal.sql;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.SinkTransaction;
import java.sql.Connection;

/** The connections of chunks' transactions, for sinks. */
public final class SinkConnections {

  private SinkConnections() {}

  /**
   * Returns the connection of a transaction.
   *
   * @throws InvalidConfigurationException if its store has no JDBC connection
   */
  public static Connection of(SinkTransaction transaction) {
    return transaction
        .unwrap(Connection.class)
        .orElseThrow(
            () ->
                new InvalidConfigurationException(
                    "The sink writes over JDBC, and the progress store does not. Nothing was written."
                        + " Use both with one JdbcStore."));
  }
}
