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

  /** How the database calls the type of a text, for arrays of them. */
  String textType();

  /**
   * The template of a query that adds rows to the quarantine or raises the attempts of those that
   * are there, and returns each row's attempts; parameters: backfill, and arrays of keys, errors
   * and payloads, in which no key occurs twice.
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
