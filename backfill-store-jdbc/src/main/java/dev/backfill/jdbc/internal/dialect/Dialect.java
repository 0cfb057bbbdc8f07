package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that differs between databases. Stateless; every statement works behind a pooler that changes
 * the connection between transactions.
 */
public interface Dialect {

  /** The folder of its schema scripts. */
  String scripts();

  /**
   * The expressions behind the placeholders of statements.
   *
   * <ul>
   *   <li>{@code {now}}: the time by the database's clock;
   *   <li>{@code {now+millis}}: so many milliseconds later, as a parameter.
   * </ul>
   */
  Map<String, String> expressions();

  /**
   * A query with one text parameter that waits until no other process installs the schema of that
   * name, up to the end of the transaction, or null when installing at once does no harm.
   */
  @Nullable String installLock();

  /**
   * The template of a statement that adds a row to the quarantine or raises the attempts of the one
   * that is there; parameters: backfill, key, error, payload.
   */
  String quarantine();

  /**
   * Writes rows newer-wins.
   *
   * @param connection in a transaction
   * @param tables names the table
   * @param table the table
   * @param rows rows with a value for each column; {@linkplain UpsertTable#distinct distinct}
   * @return how many were inserted and updated
   */
  SinkCounts upsert(
      Connection connection, Tables tables, UpsertTable table, List<@Nullable Object[]> rows)
      throws SQLException;
}
