package dev.backfill.jdbc;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A sink that writes items into a host's own tables, in the transaction of their chunk.
 *
 * <p><b>Contract.</b> That of {@link Sink}. The connection belongs to the store: do not commit,
 * roll back, close or keep it, and do not change its auto-commit. An {@link SQLException} of class
 * 22 or 23 means that an item's data is bad; the item then goes to quarantine.
 *
 * @param <T> the kind of item
 */
@FunctionalInterface
public interface JdbcSink<T> {

  /**
   * Writes items.
   *
   * @param connection the chunk's transaction
   * @param items the items, in the source's order; not empty, not modifiable
   * @return the numbers of new and of replaced items
   * @throws SQLException if the database refuses; the store then stores nothing of the chunk
   */
  SinkCounts write(Connection connection, List<T> items) throws SQLException;

  /**
   * Counts the stored items of a target, like {@link Sink#count}. The default has no count: a
   * history is then complete once it was read to its end, and a missed item is never found.
   *
   * @param connection a transaction in which nothing is written
   * @param scope the value that the target's items share; with GitHub's sources the repository's
   *     number
   * @return the number of stored items; empty if this sink cannot count
   * @throws SQLException if the count fails
   */
  default OptionalLong count(Connection connection, String scope) throws SQLException {
    return OptionalLong.empty();
  }

  /**
   * Finds the stored items among given ones, like {@link Sink#stored}. Belongs to {@link #count}:
   * the store calls this if fewer items are stored than expected.
   *
   * @param connection a transaction in which nothing is written
   * @param scope the value that the target's items share
   * @param keys the items' keys; not empty. With GitHub's sources the numbers of pull requests, the
   *     ids of comments
   * @return those of the keys whose items are stored; empty if this sink cannot find them
   * @throws SQLException if the query fails
   */
  default Optional<Set<String>> stored(Connection connection, String scope, List<String> keys)
      throws SQLException {
    return Optional.empty();
  }

  /**
   * Creates a sink for a {@link JdbcStore}.
   *
   * @param writer writes the items
   * @param <T> the kind of item
   * @return a sink; with a store that has no JDBC connection, its first use throws {@link
   *     InvalidConfigurationException}
   */
  static <T> Sink<T> of(JdbcSink<T> writer) {
    return new ConnectionSink<>(writer);
  }
}
