package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.sql.Isolation;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * H2, from version 2.2 on. A look at what is there, then two batches: new rows, and changes of
 * those that were there; so both can be counted.
 */
final class H2Dialect implements Dialect {

  private static final String DUPLICATE_KEY = "23505";

  private static final QuarantineWriter QUARANTINE =
      new ArrayQuarantine(
          "VARCHAR",
          "SELECT attempts FROM FINAL TABLE (MERGE INTO {backfill_quarantine} AS stored USING"
              + " (SELECT CAST(? AS BIGINT), rows.* FROM UNNEST(CAST(? AS VARCHAR ARRAY), CAST(? AS"
              + " VARCHAR ARRAY), CAST(? AS VARCHAR ARRAY)) AS rows) AS incoming (backfill_id,"
              + " item_key, error, payload) ON stored.backfill_id = incoming.backfill_id AND"
              + " stored.item_key = incoming.item_key WHEN MATCHED THEN UPDATE SET error ="
              + " incoming.error, payload = incoming.payload, attempts = stored.attempts + 1,"
              + " last_seen_at = {now} WHEN NOT MATCHED THEN INSERT (backfill_id, item_key, error,"
              + " payload, attempts, first_seen_at, last_seen_at) VALUES (incoming.backfill_id,"
              + " incoming.item_key, incoming.error, incoming.payload, 1, {now}, {now}))");

  /** Modes whose types and statements are those of the scripts. */
  private static final Set<String> MODES = Set.of("REGULAR", "LEGACY", "POSTGRESQL");

  private static final String MODE =
      "SELECT setting_value FROM information_schema.settings WHERE setting_name = 'MODE'";

  private final Map<String, Texts> texts = new ConcurrentHashMap<>();

  /**
   * The statements of one table; H2 knows them again by their texts.
   *
   * @param storedKeys which of some keys are there
   * @param insert one row
   * @param insertUnlessThere one row, which may be there
   * @param update one row that is there, newer-wins
   */
  private record Texts(String storedKeys, String insert, String insertUnlessThere, String update) {

    static Texts of(String name, UpsertTable table) {
      return new Texts(
          storedKeysSql(name, table),
          insertSql(name, table),
          insertUnlessThereSql(name, table),
          updateSql(name, table));
    }
  }

  @Override
  public String scripts() {
    return "h2";
  }

  @Override
  public Map<String, String> expressions() {
    // The time of the transaction's start: where it waited for a lock, a lease ends sooner, and one
    // that has just expired counts as live. Both are safe.
    return Map.of(
        "now", "CURRENT_TIMESTAMP",
        "now+millis", "DATEADD('MILLISECOND', ?, CURRENT_TIMESTAMP)",
        "lease_bound", "DATEADD('MILLISECOND', lease_millis + 300000, CURRENT_TIMESTAMP)",
        "long_ago", "DATEADD('SECOND', -" + LONGEST_WAIT + ", CURRENT_TIMESTAMP)",
        "time", "?",
        "timestamp", "timestamp with time zone",
        "patience", "CAST(? AS VARCHAR)");
  }

  @Override
  public @Nullable String installLock() {
    return null;
  }

  /** A transaction has a number once it has written or locked a row. */
  @Override
  public boolean isUnderWay(Connection connection, boolean autoCommit) throws SQLException {
    return !autoCommit
        && Statements.list(
                connection, "SELECT TRANSACTION_ID() IS NOT NULL", row -> row.getBoolean(1))
            .get(0);
  }

  /** The modes of other databases have other types, such as dates with a time. */
  @Override
  public void requireUsable(Connection connection) throws SQLException {
    String mode = Statements.list(connection, MODE, row -> row.getString(1)).get(0);
    if (!MODES.contains(mode.toUpperCase(Locale.ROOT))) {
      throw new InvalidConfigurationException(
          "The H2 database has MODE="
              + mode
              + ", whose types and statements are not those of backfill. Nothing was read or"
              + " written. Remove MODE from the URL, or make it REGULAR or PostgreSQL.");
    }
  }

  @Override
  public Isolation isolation() {
    return Isolation.OF_THE_CONNECTION;
  }

  @Override
  public QuarantineWriter quarantine() {
    return QUARANTINE;
  }

  @Override
  public SinkCounts upsert(Connection connection, Tables tables, Upsert upsert)
      throws SQLException {
    UpsertTable table = upsert.table();
    Texts sql = texts.computeIfAbsent(tables.name(table.name()), name -> Texts.of(name, table));
    Set<List<@Nullable Object>> stored = storedKeys(connection, sql, upsert);
    List<@Nullable Object[]> changed = new ArrayList<>();
    List<@Nullable Object[]> added = new ArrayList<>();
    for (@Nullable Object[] row : upsert.rows()) {
      (stored.contains(key(table, row)) ? changed : added).add(row);
    }
    int[] inserted = insert(connection, sql, added);
    changed.addAll(Batches.there(added, inserted));
    int[] updated = Batches.run(connection, sql.update(), changed);
    return new SinkCounts(IntStream.of(inserted).sum(), IntStream.of(updated).sum());
  }

  /** The keys that are there. A condition on each insert would cost several times this. */
  private static Set<List<@Nullable Object>> storedKeys(
      Connection connection, Texts sql, Upsert upsert) throws SQLException {
    List<Column> keys = keys(upsert.table());
    @Nullable Object[] arrays = new @Nullable Object[keys.size()];
    for (int i = 0; i < arrays.length; i++) {
      @Nullable Object[] values = new @Nullable Object[upsert.rows().size()];
      for (int row = 0; row < values.length; row++) {
        values[row] = upsert.rows().get(row)[i];
      }
      arrays[i] = connection.createArrayOf(type(keys.get(i)), values);
    }
    return new HashSet<>(
        Statements.list(
            connection,
            sql.storedKeys(),
            row -> {
              @Nullable Object[] key = new @Nullable Object[keys.size()];
              for (int i = 0; i < key.length; i++) {
                key[i] = row.getObject(i + 1);
              }
              return Arrays.asList(key);
            },
            arrays));
  }

  private static List<Column> keys(UpsertTable table) {
    return table.columns().subList(0, table.keys());
  }

  private static List<@Nullable Object> key(UpsertTable table, @Nullable Object[] row) {
    return Arrays.asList(row).subList(0, table.keys());
  }

  /** A key that another transaction stored at the same moment is there at a second look. */
  private static int[] insert(Connection connection, Texts sql, List<@Nullable Object[]> rows)
      throws SQLException {
    try {
      return Batches.run(connection, sql.insert(), rows);
    } catch (BatchUpdateException e) {
      for (SQLException each = e; each != null; each = each.getNextException()) {
        if (!DUPLICATE_KEY.equals(each.getSQLState())) {
          throw e;
        }
      }
      int[] counts = e.getUpdateCounts();
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] == Statement.EXECUTE_FAILED) {
          // Fails again when it was another key than the table's own.
          counts[i] =
              Batches.run(
                  connection, sql.insertUnlessThere(), List.<@Nullable Object[]>of(rows.get(i)))[0];
        }
      }
      return counts;
    }
  }

  private static String storedKeysSql(String name, UpsertTable table) {
    return "SELECT %s FROM UNNEST(%s) AS incoming (%s) JOIN %s AS stored ON %s"
        .formatted(
            table.eachKey(", ", key -> "stored." + key),
            keys(table).stream()
                .map(key -> "CAST(? AS " + type(key) + " ARRAY)")
                .collect(Collectors.joining(", ")),
            table.eachKey(", ", key -> key),
            name,
            sameKey(table));
  }

  private static String insertSql(String name, UpsertTable table) {
    return "INSERT INTO %s (%s) VALUES (%s)"
        .formatted(
            name,
            String.join(", ", table.names()),
            String.join(", ", table.names().stream().map(column -> "?").toList()));
  }

  private static String insertUnlessThereSql(String name, UpsertTable table) {
    return """
    INSERT INTO %1$s (%2$s) SELECT %2$s FROM %3$s
    WHERE NOT EXISTS (SELECT 1 FROM %1$s AS stored WHERE %4$s)\
    """
        .formatted(name, String.join(", ", table.names()), incoming(table), sameKey(table));
  }

  private static String updateSql(String name, UpsertTable table) {
    return """
    MERGE INTO %1$s AS stored USING %2$s ON %3$s
    WHEN MATCHED AND %4$s THEN UPDATE SET %5$s\
    """
        .formatted(
            name,
            incoming(table),
            sameKey(table),
            table.replaces("stored", "incoming"),
            table.eachValue(
                ", ", column -> column + " = " + table.merged(column, "stored", "incoming")));
  }

  private static String incoming(UpsertTable table) {
    return table.columns().stream()
        .map(column -> "CAST(? AS " + type(column) + ")")
        .collect(
            Collectors.joining(
                ", ", "(VALUES (", ")) AS incoming (" + String.join(", ", table.names()) + ")"));
  }

  private static String sameKey(UpsertTable table) {
    return table.eachKey(" AND ", key -> "stored." + key + " = incoming." + key);
  }

  private static String type(Column column) {
    return switch (column.type()) {
      case INTEGER -> "INTEGER";
      case BIGINT -> "BIGINT";
      case BOOLEAN -> "BOOLEAN";
      case TEXT -> "VARCHAR";
      case TIMESTAMP -> "TIMESTAMP WITH TIME ZONE";
    };
  }
}
