package dev.backfill.jdbc;

import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import dev.backfill.jdbc.internal.sql.SinkConnections;
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
    return sink.write(SinkConnections.of(transaction), items);
  }

  @Override
  public OptionalLong count(String scope, SinkTransaction transaction) throws SQLException {
    return sink.count(SinkConnections.of(transaction), scope);
  }

  @Override
  public Optional<Set<String>> stored(String scope, List<String> keys, SinkTransaction transaction)
      throws SQLException {
    return sink.stored(SinkConnections.of(transaction), scope, keys);
  }
}
