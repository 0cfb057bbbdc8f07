package dev.backfill.jdbc;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A sink that passes the transaction's connection to a JDBC sink.
 *
 * @param sink the JDBC sink
 */
record ConnectionSink<T>(JdbcSink<T> sink) implements Sink<T> {

  @Override
  public SinkCounts write(List<T> items, SinkTransaction transaction) throws SQLException {
    return sink.write(connection(transaction), items);
  }

  @Override
  public OptionalLong count(String scope, SinkTransaction transaction) throws SQLException {
    return sink.count(connection(transaction), scope);
  }

  @Override
  public Optional<Set<String>> stored(String scope, List<String> keys, SinkTransaction transaction)
      throws SQLException {
    return sink.stored(connection(transaction), scope, keys);
  }

  private static Connection connection(SinkTransaction transaction) {
    return transaction
        .unwrap(Connection.class)
        .orElseThrow(
            () ->
                new InvalidConfigurationException(
                    "The sink writes over JDBC, and the progress store does not. Nothing was written."
                        + " Use both with one JdbcStore."));
  }
}
