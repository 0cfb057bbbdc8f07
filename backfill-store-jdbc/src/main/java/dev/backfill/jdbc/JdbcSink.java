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
  SinkCounts write(Connection connection, List<T> items) throws SQLException;

  /**
   * Counts what is stored of a target, as {@link Sink#count} says. Without it, which is the
   * default, a history is complete when it was read to its end, and nothing that it missed is ever
   * found.
   *
   * @param connection a transaction in which nothing is written
   * @param scope what the target's items have in common; with GitHub's sources the repository's
   *     number
   * @return how many items are stored; empty when this sink cannot tell
   * @throws SQLException when it cannot be found out
   */
  default OptionalLong count(Connection connection, String scope) throws SQLException {
    return OptionalLong.empty();
  }

  /**
   * Finds out which items are stored, as {@link Sink#stored} says. Belongs to {@link #count}: it is
   * asked when fewer are stored than there should be.
   *
   * @param connection a transaction in which nothing is written
   * @param scope what the items' target has in common
   * @param keys the items' keys; not empty. With GitHub's sources the numbers of pull requests, the
   *     ids of comments
   * @return those of the keys whose items are stored; empty when this sink cannot tell
   * @throws SQLException when it cannot be found out
   */
  default Optional<Set<String>> stored(Connection connection, String scope, List<String> keys)
      throws SQLException {
    return Optional.empty();
  }

  /**
   * Makes a sink that works with a {@link JdbcStore}.
   *
   * @param writer what writes the items
   * @param <T> the kind of item
   * @return a sink; with a store that has no JDBC connection, its first use throws {@link
   *     InvalidConfigurationException}
   */
  static <T> Sink<T> of(JdbcSink<T> writer) {
    return new ConnectionSink<>(writer);
  }
}
