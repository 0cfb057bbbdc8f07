package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.sql.Tables;
import dev.backfill.jdbc.internal.sql.TransactionRules;
import java.nio.charset.Charset;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that differs between databases. Keeps no state but texts; every statement works behind a
 * pooler that changes the connection between transactions.
 */
public interface Dialect extends TransactionRules {

  /** Seconds for which a wait counts at most. */
  long MAX_WAIT = Backfill.Waiting.MAX.toSeconds();

  /** Its name, which also marks schema scripts that only it has. */
  String name();

  /**
   * The expressions behind the placeholders of statements.
   *
   * <ul>
   *   <li>{@code {now}}: the time by the database's clock;
   *   <li>{@code {now+millis}}: so many milliseconds later, as a parameter;
   *   <li>{@code {lease_bound}}: the latest moment at which a lease may end that was granted for
   *       {@code lease_millis}, with five minutes for clocks that differ; null if that is not
   *       known. A lease that ends later was written by a wrong clock;
   *   <li>{@code {long_ago}}: {@link #MAX_WAIT} before {@code {now}};
   *   <li>{@code {time}}: a moment, as a parameter;
   *   <li>{@code {patience}}: a value that is not null, whose evaluation makes the server end this
   *       transaction when its client leaves it idle for so many milliseconds, a text parameter. So
   *       a process that froze in a transaction keeps no row from those who take over. It does
   *       nothing where the server cannot do that.
   * </ul>
   */
  Map<String, String> expressions();

  /**
   * The types and clauses behind the placeholders of schema scripts.
   *
   * <ul>
   *   <li>{@code {text}}: a text of any length;
   *   <li>{@code {timestamp}}: a moment;
   *   <li>{@code {uuid}}: a UUID;
   *   <li>{@code {long}}: a whole number of 64 bits in a column that was added later;
   *   <li>{@code {identity}}: a primary key that the database counts up;
   *   <li>{@code {add_column}}: adds a column to a table, unless it is there where the database can
   *       say so.
   * </ul>
   */
  Map<String, String> types();

  /**
   * A query with one text parameter that waits until no other process installs the schema of that
   * name, up to the end of the transaction, or null when installing at once does no harm.
   */
  @Nullable String installLock();

  /** Whether tables can be in schemas other than the connection's own. */
  default boolean hasSchemas() {
    return true;
  }

  /** Whether the database may be one of Supabase's, where new tables are open to the Internet. */
  default boolean mayBeSupabase() {
    return false;
  }

  /** A query whose result is empty when no table has the name, in lower case, that it is given. */
  default String findTable() {
    return "SELECT 1 FROM information_schema.tables WHERE LOWER(table_name) = ?";
  }

  /**
   * The template of a query of rows that nobody else changes until the end of the transaction. The
   * first statement of a transaction may be such a query, and waits for others that are under way.
   *
   * @param columns what is selected
   * @param table the table's placeholder, {@code {backfill_progress}}
   * @param condition which rows
   */
  default String lock(String columns, String table, String condition) {
    return "SELECT " + columns + " FROM " + table + " WHERE " + condition + " FOR UPDATE";
  }

  /**
   * The template of a query of the first row that nobody else has locked, locked like those of
   * {@link #lock}; it waits for nobody.
   *
   * @param columns what is selected
   * @param table the table's placeholder
   * @param condition which rows
   * @param order by what the first one is found
   */
  default String lockNext(String columns, String table, String condition, String order) {
    return "SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT 1 FOR UPDATE SKIP LOCKED"
        .formatted(columns, table, condition, order);
  }

  /**
   * Refuses a database whose settings the statements do not fit.
   *
   * @param connection to the database, which is only read
   * @throws dev.backfill.api.failure.InvalidConfigurationException with the setting
   */
  default void requireUsable(Connection connection) throws SQLException {}

  /**
   * Finds the encoding of a server that lacks characters.
   *
   * @param connection to the server, which is only asked
   * @return null if it keeps every text
   */
  default @Nullable Charset narrowEncoding(Connection connection) throws SQLException {
    return null;
  }

  /** What writes the quarantine. */
  QuarantineWriter quarantine();

  /**
   * Writes rows newer-wins.
   *
   * @param connection in a transaction
   * @param tables names the table
   * @param rows the table and its rows; at least one
   * @return how many were inserted and updated
   */
  SinkCounts upsert(Connection connection, Tables tables, Upsert rows) throws SQLException;

  /**
   * How a chunk's statements are sent together.
   *
   * @param driver the driver's name, as it says
   * @return empty where each statement is a round trip of its own, which is the default
   */
  default Optional<Pipelining> pipelining(String driver) {
    return Optional.empty();
  }
}
