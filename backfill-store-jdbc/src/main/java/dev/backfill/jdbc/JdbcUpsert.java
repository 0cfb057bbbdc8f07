package dev.backfill.jdbc;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.Sink;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A sink for a host's own table. It writes rows newer-wins, with the statements that the store uses
 * for its own tables. Immutable.
 *
 * <pre>{@code
 * Sink<PullRequest> sink =
 *     JdbcUpsert.into("opened")
 *         .scope("repository_id")
 *         .key("number")
 *         .newerBy("updated_at")
 *         .map(pr -> Map.of("repository_id", ..., "number", ..., "updated_at", ...));
 * }</pre>
 *
 * <p>Columns may be whole numbers, booleans, texts and timestamps. The table needs a primary key or
 * a unique index on the scope and the key. Names are those of SQL without quotes.
 */
public final class JdbcUpsert {

  private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  final @Nullable String schema;
  final String table;
  final @Nullable String scope;
  final List<String> key;
  final @Nullable String version;
  final List<String> optional;

  private JdbcUpsert(
      @Nullable String schema,
      String table,
      @Nullable String scope,
      List<String> key,
      @Nullable String version,
      List<String> optional) {
    this.schema = schema;
    this.table = table;
    this.scope = scope;
    this.key = key;
    this.version = version;
    this.optional = optional;
  }

  /**
   * Begins the description of a table.
   *
   * @param table its name, such as {@code opened} or {@code analytics.opened}
   * @return the description; it needs a {@link #key}
   * @throws InvalidConfigurationException if it is not such a name
   */
  public static JdbcUpsert into(String table) {
    int dot = table.indexOf('.');
    return new JdbcUpsert(
        dot < 0 ? null : checked("schema", table.substring(0, dot)),
        checked("table", table.substring(dot + 1)),
        null,
        List.of(),
        null,
        List.of());
  }

  /**
   * Adds the column that all items of a target share, such as the repository's number. The column
   * is a part of the key. The store uses it to count a target's items and to find missing ones.
   * Without it a history is complete once it was read to its end.
   *
   * @param column the column
   * @return the description with it
   * @throws InvalidConfigurationException if it is not a name of a column
   */
  public JdbcUpsert scope(String column) {
    return new JdbcUpsert(schema, table, checked("column", column), key, version, optional);
  }

  /**
   * Adds the columns that identify an item, beside the scope.
   *
   * @param columns the columns; at least one. A single one with a scope must contain the source's
   *     {@linkplain dev.backfill.api.source.PullSource#itemKey key of an item}
   * @return the description with them
   * @throws InvalidConfigurationException if there is none, or one is not a name of a column
   */
  public JdbcUpsert key(String... columns) {
    if (columns.length == 0) {
      throw new InvalidConfigurationException("The key has no columns. Name at least one.");
    }
    List<String> names = Stream.of(columns).map(name -> checked("column", name)).toList();
    return new JdbcUpsert(schema, table, scope, names, version, optional);
  }

  /**
   * Adds the column that decides which of two copies of an item is newer, such as {@code
   * updated_at}. A copy never replaces a newer one. Without it the last copy wins.
   *
   * @param column the column; a number, a text or a timestamp
   * @return the description with it
   * @throws InvalidConfigurationException if it is not a name of a column
   */
  public JdbcUpsert newerBy(String column) {
    return new JdbcUpsert(schema, table, scope, key, checked("column", column), optional);
  }

  /**
   * Adds columns that some copies of an item lack, such as the details of a pull request. A null
   * keeps the stored value in two cases: all of them are null in a copy, or the copy is as new as
   * the stored row.
   *
   * @param columns the columns; the first one is null exactly in copies that have none of them
   * @return the description with them
   * @throws InvalidConfigurationException if one is not a name of a column
   */
  public JdbcUpsert keepIfNull(String... columns) {
    List<String> names = Stream.of(columns).map(name -> checked("column", name)).toList();
    return new JdbcUpsert(schema, table, scope, key, version, names);
  }

  /**
   * Creates the sink.
   *
   * @param row returns the values of an item's row by column: whole numbers, Booleans, texts, enums
   *     (stored by name), timestamps ({@link java.time.Instant}, {@link java.time.OffsetDateTime}),
   *     or null. Every row has the same columns, including those of the scope, the key and {@link
   *     #newerBy}. Called once for each item, on the thread that commits; must not block
   * @param <T> the kind of item
   * @return a sink for a {@link JdbcStore}, safe for any number of threads
   * @throws InvalidConfigurationException if there is no key
   */
  public <T> Sink<T> map(Function<? super T, ? extends Map<String, ?>> row) {
    if (key.isEmpty()) {
      throw new InvalidConfigurationException(
          "The table " + table + " has no key. Name its columns: JdbcUpsert.into(...).key(...).");
    }
    return JdbcSink.of(new UpsertSink<T>(this, row));
  }

  private static String checked(String what, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!NAME.matcher(lower).matches()) {
      throw new InvalidConfigurationException(
          "The "
              + what
              + " is \""
              + name
              + "\". It must be a letter or an underscore, followed by these and digits, and have at"
              + " most 63 characters.");
    }
    return lower;
  }
}
