package dev.backfill.jdbc;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Writes items into tables of one's own, in the transaction of their chunk.
 *
 * <p><b>Contract.</b> That of {@link Sink}. The connection belongs to the store: neither commit,
 * roll back nor close it, leave its auto-commit alone and do not keep it. An {@link SQLException}
 * of class 22 or 23 blames an item's data, which then goes to quarantine.
 *
 * @param <T> the kind of item
 */
@FunctionalInterface
public interface JdbcSink<T> {

  /**
   * Writes items.
   *
   * @param connection the chunk's transaction
   * @param items what to write, in the source's order; not empty, not modifiable
   * @return what was new and what was replaced
   * @throws SQLException when the database refuses; nothing of the chunk is stored
   */
  SinkCounts write(Connection connection, List<? extends T> items) throws SQLException;

  /**
   * Makes a sink that works with a {@link JdbcStore}.
   *
   * @param writer what writes the items
   * @param <T> the kind of item
   * @return a sink; with a store that has no JDBC connection, its first write throws {@link
   *     InvalidConfigurationException}
   */
  static <T> Sink<T> of(JdbcSink<T> writer) {
    return (items, transaction) ->
        writer.write(
            transaction
                .unwrap(Connection.class)
                .orElseThrow(
                    () ->
                        new InvalidConfigurationException(
                            "The sink writes over JDBC and the progress store does not; use both"
                                + " with one JdbcStore.")),
            items);
  }
}
