package dev.backfill.jdbc;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.internal.history.Column;
import dev.backfill.api.internal.history.Upsert;
import dev.backfill.api.internal.history.UpsertTable;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.dialect.Dialects;
import dev.backfill.jdbc.internal.sql.ScopedRows;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A sink that writes items as rows of a table that a host has described. */
final class UpsertSink<T> implements JdbcSink<T> {

  private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");

  private final JdbcUpsert described;

  /** The columns of the key, the scope first if there is one. */
  private final List<String> keyColumns;

  private final UpsertTable.Partial partial;
  private final Function<? super T, ? extends Map<String, ?>> row;
  private final Map<String, Target> targets = new ConcurrentHashMap<>();

  UpsertSink(JdbcUpsert described, Function<? super T, ? extends Map<String, ?>> row) {
    this.described = described;
    this.keyColumns =
        Stream.concat(Stream.ofNullable(described.scope), described.key.stream()).toList();
    List<String> optional = described.optional;
    this.partial =
        optional.isEmpty()
            ? UpsertTable.Partial.NEVER
            : new UpsertTable.Partial(optional.get(0), Set.copyOf(optional));
    this.row = row;
  }

  /** A database that the sink writes to, with the types of the table's columns. */
  private static final class Target {
    private final Dialect dialect;
    private final Tables tables;
    private final Map<String, Integer> types = new ConcurrentHashMap<>();

    Target(Dialect dialect, @Nullable String schema) {
      this.dialect = dialect;
      this.tables = new Tables(schema, "", dialect.expressions());
    }
  }

  @Override
  public SinkCounts write(Connection connection, List<T> items) throws SQLException {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    for (T item : items) {
      rows.add(lowerCase(row.apply(item)));
    }
    List<String> columns = columns(rows.get(0).keySet());
    Target target = target(connection);
    Map<String, Integer> types = types(connection, target, columns);
    List<@Nullable Object[]> values = new ArrayList<>();
    for (Map<String, @Nullable Object> each : rows) {
      values.add(values(columns, types, each));
    }
    List<Column> typed = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      typed.add(new Column(columns.get(i), type(types.get(columns.get(i)), values, i)));
    }
    UpsertTable table =
        new UpsertTable(described.table, typed, keyColumns.size(), described.version, partial);
    return target.dialect.upsert(connection, target.tables, Upsert.of(table, values));
  }

  /** Names of SQL without quotes are the same in upper and lower case. */
  private static Map<String, @Nullable Object> lowerCase(Map<String, ?> given) {
    Map<String, @Nullable Object> lower = new LinkedHashMap<>();
    given.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    return lower;
  }

  /** Returns the columns, the key's first as the statements need them. */
  private List<String> columns(Set<String> given) {
    Set<String> needed = new LinkedHashSet<>(keyColumns);
    needed.addAll(partial.columns());
    if (described.version != null) {
      needed.add(described.version);
    }
    for (String name : needed) {
      if (!given.contains(name)) {
        throw new InvalidConfigurationException(
            "A row of "
                + described.table
                + " lacks the column "
                + name
                + ". Nothing of the chunk is stored. Return a value for it.");
      }
    }
    if (given.size() == keyColumns.size()) {
      throw new InvalidConfigurationException(
          "A row of "
              + described.table
              + " has no column beside its key. Nothing of the chunk is stored. Return one.");
    }
    Set<String> columns = new LinkedHashSet<>(keyColumns);
    columns.addAll(given);
    return List.copyOf(columns);
  }

  private @Nullable Object[] values(
      List<String> columns, Map<String, Integer> types, Map<String, @Nullable Object> given) {
    if (given.size() != columns.size() || !given.keySet().containsAll(columns)) {
      throw new InvalidConfigurationException(
          "Rows of "
              + described.table
              + " have different columns, "
              + columns
              + " and "
              + given.keySet()
              + ". Nothing of the chunk is stored. Return the same columns for each item; a value may"
              + " be null.");
    }
    @Nullable Object[] values = new @Nullable Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      String column = columns.get(i);
      values[i] = value(column, types.getOrDefault(column, Types.OTHER), given.get(column));
      if (values[i] == null && i < keyColumns.size()) {
        throw new InvalidConfigurationException(
            "The key column "
                + column
                + " of "
                + described.table
                + " is null. Nothing of the chunk is stored. Return a value for it.");
      }
    }
    return values;
  }

  private @Nullable Object value(String column, int type, @Nullable Object value) {
    if (value == null || value instanceof Boolean || value instanceof Instant) {
      return value;
    }
    if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      long number = ((Number) value).longValue();
      return type == Types.BIGINT || number != (int) number ? (Object) number : (int) number;
    }
    if (value instanceof CharSequence text) {
      return text.toString();
    }
    if (value instanceof Enum<?> constant) {
      return constant.name();
    }
    if (value instanceof OffsetDateTime moment) {
      return moment.toInstant();
    }
    throw new InvalidConfigurationException(
        "The column "
            + column
            + " of "
            + described.table
            + " has a value of "
            + value.getClass().getName()
            + ". Nothing of the chunk is stored. Return a Long, Integer, Boolean, String, enum,"
            + " Instant or null; other types need a JdbcSink.");
  }

  private static Column.Type type(
      @Nullable Integer stored, List<@Nullable Object[]> values, int index) {
    Object sample = null;
    boolean isBig = stored != null && stored == Types.BIGINT;
    for (@Nullable Object[] each : values) {
      sample = sample == null ? each[index] : sample;
      isBig |= each[index] instanceof Long;
    }
    if (sample instanceof Number) {
      return isBig ? Column.Type.BIGINT : Column.Type.INTEGER;
    }
    if (sample instanceof Boolean) {
      return Column.Type.BOOLEAN;
    }
    if (sample instanceof Instant) {
      return Column.Type.TIMESTAMP;
    }
    return sample != null ? Column.Type.TEXT : ofNulls(stored == null ? Types.OTHER : stored);
  }

  /** Returns the type of a column whose values are all null, from its stored type. */
  private static Column.Type ofNulls(int stored) {
    return switch (stored) {
      case Types.BIGINT -> Column.Type.BIGINT;
      case Types.INTEGER, Types.SMALLINT, Types.TINYINT -> Column.Type.INTEGER;
      case Types.BOOLEAN, Types.BIT -> Column.Type.BOOLEAN;
      case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE -> Column.Type.TIMESTAMP;
      default -> Column.Type.TEXT;
    };
  }

  private Target target(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    return targets.computeIfAbsent(
        product, name -> new Target(Dialects.of(name), described.schema));
  }

  private Map<String, Integer> types(Connection connection, Target target, List<String> columns)
      throws SQLException {
    if (!target.types.keySet().containsAll(columns)) {
      String sql =
          "SELECT %s FROM %s WHERE 1 = 0"
              .formatted(String.join(", ", columns), target.tables.name(described.table));
      try (PreparedStatement query = connection.prepareStatement(sql);
          ResultSet none = query.executeQuery()) {
        ResultSetMetaData found = none.getMetaData();
        for (int i = 0; i < columns.size(); i++) {
          target.types.put(columns.get(i), found.getColumnType(i + 1));
        }
      }
    }
    return target.types;
  }

  @Override
  public OptionalLong count(Connection connection, String scopeValue) throws SQLException {
    String scope = described.scope;
    if (scope == null) {
      return OptionalLong.empty();
    }
    Target target = target(connection);
    Object value = parameter(types(connection, target, List.of(scope)).get(scope), scopeValue);
    return OptionalLong.of(value == null ? 0 : rows(target, scope).count(connection, value));
  }

  @Override
  public Optional<Set<String>> stored(
      Connection connection, String scopeValue, List<String> itemKeys) throws SQLException {
    String scope = described.scope;
    if (scope == null || described.key.size() != 1) {
      return Optional.empty();
    }
    String key = described.key.get(0);
    Target target = target(connection);
    Map<String, Integer> types = types(connection, target, List.of(scope, key));
    Object value = parameter(types.get(scope), scopeValue);
    List<Object> keys = new ArrayList<>();
    for (String each : itemKeys) {
      Object parameter = parameter(types.get(key), each);
      if (parameter != null) {
        keys.add(parameter);
      }
    }
    return Optional.of(
        value == null ? Set.of() : rows(target, scope).stored(connection, value, key, keys));
  }

  private ScopedRows rows(Target target, String scope) {
    return new ScopedRows(target.tables.name(described.table), scope);
  }

  /** Returns a text as a value of a column's type; null if that is a number and the text is not. */
  private static @Nullable Object parameter(@Nullable Integer type, String text) {
    boolean isNumber =
        type != null
            && (type == Types.BIGINT
                || type == Types.INTEGER
                || type == Types.SMALLINT
                || type == Types.TINYINT
                || type == Types.NUMERIC
                || type == Types.DECIMAL);
    if (!isNumber) {
      return text;
    }
    return NUMBER.matcher(text).matches() ? Long.valueOf(text) : null;
  }
}
