package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.internal.history.ItemRows;
import dev.backfill.api.internal.history.Upsert;
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
 * The differences between databases. Has no state but texts. Every statement works behind a pooler
 * that changes the connection between transactions.
 */
public interface Dialect extends TransactionRules {

  /** The max wait that counts, in seconds. */
  long MAX_WAIT = Backfill.MAX_WAIT.toSeconds();

  /** Returns its name, which also marks schema scripts of this dialect alone. */
  String name();

  /**
   * Returns the expressions for the placeholders of statements.
   *
   * <ul>
   *   <li>{@code {now}}: the time by the database's clock;
   *   <li>{@code {now+millis}}: a number of milliseconds later, as a parameter;
   *   <li>{@code {lease_bound}}: the latest end of a lease that was granted for {@code
   *       lease_millis}, with five minutes for clocks that differ; null if that is not known. A
   *       wrong clock wrote a lease that ends later;
   *   <li>{@code {long_ago}}: {@link #MAX_WAIT} before {@code {now}};
   *   <li>{@code {time}}: a moment, as a parameter;
   *   <li>{@code {patience}}: a value that is not null. Its evaluation makes the server end this
   *       transaction if its client leaves it idle for a number of milliseconds, a text parameter.
   *       A process that froze in a transaction thus locks no row from its successor. It does
   *       nothing if the server has no such limit.
   * </ul>
   */
  Map<String, String> expressions();

  /**
   * Returns the types and clauses for the placeholders of schema scripts.
   *
   * <ul>
   *   <li>{@code {text}}: a text of any length;
   *   <li>{@code {timestamp}}: a moment;
   *   <li>{@code {uuid}}: a UUID;
   *   <li>{@code {long}}: a whole number of 64 bits in a column that was added later;
   *   <li>{@code {identity}}: a primary key that the database generates;
   *   <li>{@code {add_column}}: adds a column to a table, unless it exists, if the database
   *       supports such a clause.
   * </ul>
   */
  Map<String, String> types();

  /**
   * Returns a query that waits until no other process installs a schema, and then locks it until
   * the end of the transaction. The schema's name is its only parameter, a text. Returns null if
   * concurrent installation does no harm.
   */
  @Nullable String installLock();

  /** Returns true if tables can be in schemas other than the connection's own. */
  default boolean hasSchemas() {
    return true;
  }

  /**
   * Returns true if the database may be one of Supabase's, where new tables are open to the
   * Internet.
   */
  default boolean mayBeSupabase() {
    return false;
  }

  /** Returns a query whose result is empty if no table has the given name, in lower case. */
  default String findTable() {
    return "SELECT 1 FROM information_schema.tables WHERE LOWER(table_name) = ?";
  }

  /**
   * Returns the template of a query that locks its rows until the end of the transaction. The first
   * statement of a transaction may be such a query. It waits for other transactions.
   *
   * @param columns the selected columns
   * @param table the table's placeholder, {@code {backfill_progress}}
   * @param condition selects the rows
   */
  default String lock(String columns, String table, String condition) {
    return "SELECT " + columns + " FROM " + table + " WHERE " + condition + " FOR UPDATE";
  }

  /**
   * Returns the template of a query of the first row without a lock, which it locks like {@link
   * #lock}. It does not wait.
   *
   * @param columns the selected columns
   * @param table the table's placeholder
   * @param condition selects the rows
   * @param order the order that decides which row is first
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
   * @param connection to the server, which is only queried
   * @return null if it can store every text
   */
  default @Nullable Charset narrowEncoding(Connection connection) throws SQLException {
    return null;
  }

  /** Returns the writer of the quarantine. */
  QuarantineWriter quarantine();

  /**
   * Writes rows newer-wins.
   *
   * @param connection in a transaction
   * @param tables names the table
   * @param rows the table and its rows; at least one
   * @return the numbers of inserted and of updated rows
   */
  SinkCounts upsert(Connection connection, Tables tables, Upsert rows) throws SQLException;

  /** Writes the rows of items, with a statement or a few for each table. */
  default SinkCounts write(Connection connection, Tables tables, ItemRows rows)
      throws SQLException {
    for (Upsert upsert : rows.context()) {
      upsert(connection, tables, upsert);
    }
    SinkCounts counts = upsert(connection, tables, rows.items());
    for (Upsert upsert : rows.parts()) {
      upsert(connection, tables, upsert);
    }
    return counts;
  }

  /**
   * Returns the means to send a chunk's statements together.
   *
   * @param driver the driver's name, as it reports it
   * @return empty if each statement is a round trip of its own, which is the default
   */
  default Optional<Pipelining> pipelining(String driver) {
    return Optional.empty();
  }
}
