package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.source.RejectedItem;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * The writer of {@code backfill_quarantine}. Each call is one statement, unless there are very many
 * rows. Stateless.
 */
public interface QuarantineWriter {

  /**
   * Adds items, or replaces error and payload and raises the attempts of existing ones.
   *
   * @param connection in a transaction
   * @param tables names the table
   * @param backfill the backfill of the items
   * @param items the items; not empty, each key once
   * @return the number of new items
   */
  int add(Connection connection, Tables tables, long backfill, List<RejectedItem> items)
      throws SQLException;

  /**
   * Removes items.
   *
   * @param connection in a transaction
   * @param tables names the table
   * @param backfill the backfill of the items
   * @param keys the items' keys; not empty
   * @return the number of removed items
   */
  int remove(Connection connection, Tables tables, long backfill, Collection<String> keys)
      throws SQLException;
}
