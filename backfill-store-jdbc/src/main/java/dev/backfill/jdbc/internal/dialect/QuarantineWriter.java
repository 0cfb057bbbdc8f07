package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.source.RejectedItem;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * Writes {@code backfill_quarantine}, each call in one statement unless there are very many rows.
 * Stateless.
 */
public interface QuarantineWriter {

  /**
   * Adds items, or replaces error and payload and raises the attempts of those that are there.
   *
   * @param connection in a transaction
   * @param tables names the table
   * @param backfill whose quarantine it is
   * @param items the items; not empty, each key once
   * @return how many were not there
   */
  int add(Connection connection, Tables tables, long backfill, List<RejectedItem> items)
      throws SQLException;

  /**
   * Removes items.
   *
   * @param connection in a transaction
   * @param tables names the table
   * @param backfill whose quarantine it is
   * @param keys the items' keys; not empty
   * @return how many were there
   */
  int remove(Connection connection, Tables tables, long backfill, Collection<String> keys)
      throws SQLException;
}
