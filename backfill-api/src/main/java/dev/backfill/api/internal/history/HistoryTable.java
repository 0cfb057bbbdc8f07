package dev.backfill.api.internal.history;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.Repository;
import dev.backfill.api.internal.history.Column.Type;
import dev.backfill.api.internal.history.UpsertTable.Partial;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The definition of a history table: its columns, with the value of each in an item, and the
 * repository and accounts that are stored beside the items. Immutable.
 *
 * @param <T> the type of the items
 */
public final class HistoryTable<T> {

  /** The end of the name of the column with an account's number. */
  public static final String ID = "_id";

  /** The end of the name of the column with an account's login. */
  public static final String LOGIN = "_login";

  /** The column of the repository's number, which is the scope of items. */
  public static final String REPOSITORY_ID = "repository_id";

  private final Class<T> itemType;
  private final UpsertTable table;

  /** The value of each column. An array, since each row is built by a loop over it. */
  private final Getter<? super T, ?>[] values;

  private final @Nullable Getter<T, Repository> repository;
  private final List<Getter<T, Account>> accounts;
  private final List<Part<T, ?>> parts;
  private final @Nullable Reported reported;

  @SuppressWarnings("unchecked") // The list contains nothing else.
  private HistoryTable(Builder<T> built, UpsertTable table) {
    this.itemType = built.itemType;
    this.table = table;
    this.values = (Getter<? super T, ?>[]) built.values.toArray(new Getter<?, ?>[0]);
    this.repository = built.repository;
    this.accounts = List.copyOf(built.accounts);
    this.parts = List.copyOf(built.parts);
    this.reported = built.reported;
  }

  /**
   * A value of an item.
   *
   * @param <T> the type of the item
   * @param <V> the type of the value
   */
  @FunctionalInterface
  public interface Getter<T, V> {

    /** Returns the value; null without one. */
    @Nullable V of(T item);
  }

  /**
   * A table of rows that belong to single items, such as the reviews of pull requests.
   *
   * @param table their table
   * @param of returns an item's rows; null if a copy of the item does not have them
   */
  public record Part<T, P>(HistoryTable<P> table, Getter<T, List<P>> of) {}

  /**
   * A number that each stored pull request reports of the items.
   *
   * @param column the column of the number
   * @param owner the column of the items that contains the pull request's number
   * @param condition selects the items that belong to pull requests
   * @param words the items, for users
   */
  public record Reported(String column, String owner, String condition, String words) {}

  /**
   * Begins a definition.
   *
   * @param itemType the type of the items
   * @param name the table's name without schema and prefix
   */
  public static <T> Builder<T> of(Class<T> itemType, String name) {
    return new Builder<>(itemType, name);
  }

  /** Returns the type of the items. */
  public Class<T> itemType() {
    return itemType;
  }

  /** Returns the table as statements need it. */
  public UpsertTable table() {
    return table;
  }

  /** Returns the table, and those of its parts. */
  public Stream<UpsertTable> tables() {
    return Stream.concat(Stream.of(table), parts.stream().flatMap(part -> part.table().tables()));
  }

  /** Returns the column that identifies an item within its repository. */
  public Column itemKey() {
    return table.columns().get(table.keys() - 1);
  }

  public @Nullable Getter<T, Repository> repository() {
    return repository;
  }

  public List<Getter<T, Account>> accounts() {
    return accounts;
  }

  public List<Part<T, ?>> parts() {
    return parts;
  }

  public @Nullable Reported reported() {
    return reported;
  }

  /** Returns an item's row, with a value for each column. */
  public @Nullable Object[] row(T item) {
    @Nullable Object[] row = new @Nullable Object[values.length];
    for (int i = 0; i < row.length; i++) {
      row[i] = values[i].of(item);
    }
    return row;
  }

  /**
   * A builder. The columns are in the order of its calls, those of the key first.
   *
   * @param <T> the type of the items
   */
  public static final class Builder<T> {

    private final Class<T> itemType;
    private final String name;
    private final List<Column> columns = new ArrayList<>();
    private final List<Getter<? super T, ?>> values = new ArrayList<>();
    private final List<Getter<T, Account>> accounts = new ArrayList<>();
    private final List<Part<T, ?>> parts = new ArrayList<>();
    private List<String> key = List.of();
    private List<String> partial = List.of();
    private @Nullable String version;
    private @Nullable Getter<T, Repository> repository;
    private @Nullable Reported reported;

    private Builder(Class<T> itemType, String name) {
      this.itemType = itemType;
      this.name = name;
    }

    /** Adds a whole number of 32 bits. */
    public Builder<T> integer(String column, Getter<? super T, Integer> value) {
      return add(column, Type.INTEGER, value);
    }

    /** Adds a whole number of 64 bits. */
    public Builder<T> bigint(String column, Getter<? super T, Long> value) {
      return add(column, Type.BIGINT, value);
    }

    /** Adds a boolean. */
    public Builder<T> bool(String column, Getter<? super T, Boolean> value) {
      return add(column, Type.BOOLEAN, value);
    }

    /** Adds a text. */
    public Builder<T> text(String column, Getter<? super T, String> value) {
      return add(column, Type.TEXT, value);
    }

    /** Adds a timestamp. */
    public Builder<T> timestamp(String column, Getter<? super T, Instant> value) {
      return add(column, Type.TIMESTAMP, value);
    }

    /** Adds the column {@code repository_id}. The repository is stored beside the item. */
    public Builder<T> repository(Getter<T, Repository> value) {
      repository = value;
      return bigint(
          REPOSITORY_ID,
          item -> {
            Repository found = value.of(item);
            return found == null ? null : found.id();
          });
    }

    /**
     * Adds the columns {@code NAME_id} and {@code NAME_login}. The account is stored beside the
     * item.
     */
    public Builder<T> account(String prefix, Getter<T, Account> value) {
      accounts.add(value);
      bigint(
          prefix + ID,
          item -> {
            Account found = value.of(item);
            return found == null ? null : found.id();
          });
      return text(
          prefix + LOGIN,
          item -> {
            Account found = value.of(item);
            return found == null ? null : found.login();
          });
    }

    /**
     * Sets the primary key. Its last column is the key of an item within its repository, as the
     * item's source returns it: a number or a text.
     */
    public Builder<T> key(String... names) {
      key = List.of(names);
      return this;
    }

    /**
     * Sets the column that decides which of two copies is newer. Without one the last copy that is
     * written stays.
     */
    public Builder<T> version(String column) {
      version = column;
      return this;
    }

    /**
     * Sets the columns that only some copies have.
     *
     * @param names the columns; the first one is null in a copy that has none of them
     * @see Partial
     */
    public Builder<T> partial(String... names) {
      partial = List.of(names);
      return this;
    }

    /**
     * Adds a table of rows that belong to single items.
     *
     * @param part their table
     * @param of returns an item's rows; null if a copy of the item does not have them
     */
    public <P> Builder<T> parts(HistoryTable<P> part, Getter<T, List<P>> of) {
      parts.add(new Part<>(part, of));
      return this;
    }

    /** Sets the number that each stored pull request reports of the items. */
    public Builder<T> reported(Reported number) {
      reported = number;
      return this;
    }

    /**
     * Returns the definition.
     *
     * @throws IllegalArgumentException if the key is not the first columns, or another named column
     *     is missing
     */
    public HistoryTable<T> build() {
      List<String> names = columns.stream().map(Column::name).toList();
      if (key.isEmpty() || key.size() > names.size() || !names.subList(0, key.size()).equals(key)) {
        throw new IllegalArgumentException(
            "the key " + key + " of " + name + " must be its first columns: " + names);
      }
      List<String> named = Stream.concat(Stream.ofNullable(version), partial.stream()).toList();
      if (!names.containsAll(named) || Set.copyOf(names).size() < names.size()) {
        throw new IllegalArgumentException(
            "the columns of " + name + " must be distinct and contain " + named + ": " + names);
      }
      Partial some =
          partial.isEmpty() ? Partial.NEVER : new Partial(partial.get(0), Set.copyOf(partial));
      return new HistoryTable<>(this, new UpsertTable(name, columns, key.size(), version, some));
    }

    private Builder<T> add(String column, Type type, Getter<? super T, ?> value) {
      columns.add(new Column(column, type));
      values.add(value);
      return this;
    }
  }
}
