package dev.backfill.api.internal.history;

import dev.backfill.api.internal.history.Column.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A table whose rows are written newer-wins. A row replaces the stored one with its key if its
 * version is not older and at least one value differs.
 *
 * @param name the table's name without schema and prefix
 * @param columns its columns, the key's first
 * @param keys the number of columns of the key
 * @param version the column that decides which copy is newer; null if the last writer wins
 * @param partial the columns that a partial copy leaves unchanged
 */
public record UpsertTable(
    String name, List<Column> columns, int keys, @Nullable String version, Partial partial) {

  /** Copies the list. */
  public UpsertTable {
    columns = List.copyOf(columns);
  }

  /**
   * Columns that only some copies have. A null in one keeps the stored value if the copy has none
   * of them or is of the same version: a value of another version would be wrong beside this one.
   *
   * @param marker a column that is null in a copy that has none of them
   * @param columns the columns, that one among them; empty if every copy has all columns
   */
  public record Partial(String marker, Set<String> columns) {

    /** The value of a table in which every copy has all columns. */
    public static final Partial NEVER = new Partial("", Set.of());

    /** Copies the set. */
    public Partial {
      columns = Set.copyOf(columns);
    }
  }

  /** Starts the list of columns. */
  public static Columns withColumns() {
    return new Columns(new ArrayList<>());
  }

  /** Returns the names of all columns. */
  public List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  /**
   * Sorts rows by their keys, which prevents deadlocks between concurrent writers. Keeps one row of
   * each key: the newest, and of equally new ones the last.
   */
  public List<@Nullable Object[]> distinct(List<@Nullable Object[]> rows) {
    if (isDistinct(rows)) {
      return rows;
    }
    TreeMap<@Nullable Object[], @Nullable Object[]> distinct = new TreeMap<>(byKey());
    BinaryOperator<@Nullable Object[]> newest = this::newest;
    rows.forEach(row -> distinct.merge(row, row, newest));
    return List.copyOf(distinct.values());
  }

  private boolean isDistinct(List<@Nullable Object[]> rows) {
    Comparator<@Nullable Object[]> order = byKey();
    for (int i = 1; i < rows.size(); i++) {
      if (order.compare(rows.get(i - 1), rows.get(i)) >= 0) {
        return false;
      }
    }
    return true;
  }

  private @Nullable Object[] newest(@Nullable Object[] first, @Nullable Object[] second) {
    int index = version == null ? -1 : names().indexOf(version);
    boolean firstIsNewer = index >= 0 && compare(first[index], second[index]) > 0;
    @Nullable Object[] newer = (firstIsNewer ? first : second).clone();
    @Nullable Object[] older = firstIsNewer ? second : first;
    int marker = names().indexOf(partial.marker());
    boolean sameVersion = index < 0 || compare(newer[index], older[index]) == 0;
    boolean keeps = marker >= 0 && (sameVersion || newer[marker] == null);
    for (int i = keys; i < newer.length; i++) {
      if (newer[i] == null && keeps && partial.columns().contains(columns.get(i).name())) {
        newer[i] = older[i];
      }
    }
    return newer;
  }

  private Comparator<@Nullable Object[]> byKey() {
    Comparator<@Nullable Object[]> order = (a, b) -> compare(a[0], b[0]);
    for (int i = 1; i < keys; i++) {
      int column = i;
      order = order.thenComparing((a, b) -> compare(a[column], b[column]));
    }
    return order;
  }

  @SuppressWarnings("unchecked")
  private static int compare(@Nullable Object a, @Nullable Object b) {
    if (a == null || b == null) {
      return Boolean.compare(a != null, b != null);
    }
    return ((Comparable<Object>) a).compareTo(b);
  }

  /** A builder of a list of columns. */
  public record Columns(List<Column> list) {

    /** Adds whole numbers of 32 bits. */
    public Columns integer(String... names) {
      return add(Type.INTEGER, names);
    }

    /** Adds whole numbers of 64 bits. */
    public Columns bigint(String... names) {
      return add(Type.BIGINT, names);
    }

    /** Adds booleans. */
    public Columns bool(String... names) {
      return add(Type.BOOLEAN, names);
    }

    /** Adds texts. */
    public Columns text(String... names) {
      return add(Type.TEXT, names);
    }

    /** Adds timestamps. */
    public Columns timestamp(String... names) {
      return add(Type.TIMESTAMP, names);
    }

    private Columns add(Type type, String... names) {
      for (String name : names) {
        list.add(new Column(name, type));
      }
      return this;
    }
  }
}
