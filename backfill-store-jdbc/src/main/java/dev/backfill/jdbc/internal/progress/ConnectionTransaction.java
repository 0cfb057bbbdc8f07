package dev.backfill.jdbc.internal.progress;

import dev.backfill.api.store.SinkTransaction;
import java.sql.Connection;
import java.util.Optional;

/** A sink's transaction that passes on its connection. */
record ConnectionTransaction(Connection connection) implements SinkTransaction {

  @Override
  public <R> Optional<R> unwrap(Class<R> type) {
    return type.isInstance(connection) ? Optional.of(type.cast(connection)) : Optional.empty();
  }
}
