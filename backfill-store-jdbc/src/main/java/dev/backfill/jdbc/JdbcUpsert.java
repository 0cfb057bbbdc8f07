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
 * A sink for a table of a host's own, whose rows are written newer-wins by the statements that the
 * store uses for its own tables. Immutable.
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
 * <p>Columns may hold whole numbers, truth values, texts and moments. The table needs a primary key
 * or a unique index on the scope and the key. Names are those of SQL without quotes.
 */
public final class JdbcUpsert {

  private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  private final @Nullable String schema;
  private final String table;
  private final @Nullable String scope;
  private final List<String> key;
  private final @Nullable String version;
  private final List<String> optional;

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
   * @throws InvalidConfigurationException if it is no such name
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
   * Names the column that all items of a target have in common, such as the repository's number. It
   * is a part of the key. By it the store counts what is stored of a target, and finds what is
   * missing; without it a history is complete when it was read to its end.
   *
   * @param column the column
   * @return the description with it
   * @throws InvalidConfigurationException if it is no name of a column
   */
  public JdbcUpsert scope(String column) {
    return new JdbcUpsert(schema, table, checked("column", column), key, version, optional);
  }

  /**
   * Names the columns that tell one item from another, beside the scope.
   *
   * @param columns the columns; at least one. A single one with a scope must hold the source's
   *     {@linkplain dev.backfill.api.source.PullSource#itemKey key of an item}
   * @return the description with them
   * @throws InvalidConfigurationException if there is none, or one is no name of a column
   */
  public JdbcUpsert key(String... columns) {
    if (columns.length == 0) {
      throw new InvalidConfigurationException("The key has no columns. Name at least one.");
    }
    List<String> names = Stream.of(columns).map(name -> checked("column", name)).toList();
    return new JdbcUpsert(schema, table, scope, names, version, optional);
  }

  /**
   * Names the column that tells which of two copies of an item is the newer one, such as {@code
   * updated_at}. A copy never replaces a newer one. Without it the last copy wins.
   *
   * @param column the column; a number, a text or a moment
   * @return the description with it
   * @throws InvalidConfigurationException if it is no name of a column
   */
  public JdbcUpsert newerBy(String column) {
    return new JdbcUpsert(schema, table, scope, key, checked("column", column), optional);
  }

  /**
   * Names columns that not every copy of an item has, such as the details of a pull request. If all
   * of them are null in a copy, or if the copy is as new as the stored row, a null leaves the
   * stored value.
   *
   * @param columns the columns; the first one is null exactly in copies that have none of them
   * @return the description with them
   * @throws InvalidConfigurationException if one is no name of a column
   */
  public JdbcUpsert keepIfNull(String... columns) {
    List<String> names = Stream.of(columns).map(name -> checked("column", name)).toList();
    return new JdbcUpsert(schema, table, scope, key, version, names);
  }

  /**
   * Returns the sink.
   *
   * @param row returns the values of an item's row by column: whole numbers, Booleans, texts, enums
   *     (stored by name), moments ({@link java.time.Instant}, {@link java.time.OffsetDateTime}), or
   *     null. Every row has the same columns, those of the scope, the key and {@link #newerBy}
   *     among them. Called once for each item, on the thread that commits; must not block
   * @param <T> the kind of item
   * @return a sink for a {@link JdbcStore}, safe for any number of threads
   * @throws InvalidConfigurationException if no key was named
   */
  public <T> Sink<T> map(Function<? super T, ? extends Map<String, ?>> row) {
    if (key.isEmpty()) {
      throw new InvalidConfigurationException(
          "The table " + table + " has no key. Name its columns: JdbcUpsert.into(...).key(...).");
    }
    return JdbcSink.of(new UpsertSink<T>(schema, table, scope, key, version, optional, row));
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
