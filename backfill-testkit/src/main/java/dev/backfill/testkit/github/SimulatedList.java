package dev.backfill.testkit.github;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a plain list in one repository. The first rows are a function of the repository's
 * seed. A key is the part of an item's address: the name of a label, the number of a milestone.
 *
 * <p>Safe for any number of threads. A request sees the rows before or after a change. Each change
 * changes the {@code ETag} of all pages of the list.
 *
 * @param <R> the type of the rows
 */
public final class SimulatedList<R> {

  /** The rows between two changes, in the order of creation. */
  record Snapshot<R>(List<R> rows, long version) {}

  private final RepositoryList<R> definition;
  private final World world;
  private final Supplier<Instant> now;
  private volatile Snapshot<R> snapshot;
  private int created;

  SimulatedList(RepositoryList<R> definition, World world, int count, Supplier<Instant> now) {
    this.definition = definition;
    this.world = world;
    this.now = now;
    List<R> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(create(Timeline.START.plus(i, ChronoUnit.HOURS), false));
    }
    this.snapshot = new Snapshot<>(List.copyOf(rows), 0);
  }

  /**
   * Returns all rows, in any state.
   *
   * @return the rows as they are now, in the list's default order
   */
  public List<R> rows() {
    return snapshot.rows().stream().sorted(definition.order(Map.of())).toList();
  }

  /**
   * Returns the keys of all rows.
   *
   * @return the keys, in the order of {@link #rows}
   */
  public List<String> keys() {
    return rows().stream().map(definition::key).toList();
  }

  /**
   * Adds a row, created now, with a key that no row has had.
   *
   * @return the row
   */
  public synchronized R add() {
    R row = create(seconds(), true);
    while (find(definition.key(row)) != null) {
      // A test has given this key to another row.
      row = create(seconds(), true);
    }
    List<R> rows = new ArrayList<>(snapshot.rows());
    rows.add(row);
    change(rows);
    return row;
  }

  /**
   * Changes the text of a row. Its time of change, if it has one, becomes now, or a second after
   * its last change if that is later.
   *
   * @param key the row's key
   * @return the row after the change
   * @throws IllegalArgumentException if no row has this key
   */
  public synchronized R edit(String key) {
    long number = snapshot.version() + 1;
    return edit(key, row -> definition.edit(row, number));
  }

  /**
   * Changes a row. Its time of change moves as in {@link #edit(String)}.
   *
   * @param key the row's key
   * @param change returns the row with other values; its key may be another one
   * @return the row after the change
   * @throws IllegalArgumentException if no row has this key, or another row has the new key
   */
  public synchronized R edit(String key, UnaryOperator<R> change) {
    int index = require(key);
    R row = definition.touch(change.apply(snapshot.rows().get(index)), seconds());
    String newKey = definition.key(row);
    if (!newKey.equals(key) && find(newKey) != null) {
      throw new IllegalArgumentException(definition.path() + " has two items " + newKey);
    }
    List<R> rows = new ArrayList<>(snapshot.rows());
    rows.set(index, row);
    change(rows);
    return row;
  }

  /**
   * Deletes a row.
   *
   * @param key the row's key
   * @throws IllegalArgumentException if no row has this key
   */
  public synchronized void delete(String key) {
    List<R> rows = new ArrayList<>(snapshot.rows());
    rows.remove(require(key));
    change(rows);
  }

  Snapshot<R> snapshot() {
    return snapshot;
  }

  /** Returns the row with a key; null without one. */
  @Nullable R find(String key) {
    List<R> rows = snapshot.rows();
    int index = index(rows, key);
    return index < 0 ? null : rows.get(index);
  }

  private void change(List<R> rows) {
    snapshot = new Snapshot<>(List.copyOf(rows), snapshot.version() + 1);
  }

  private int require(String key) {
    int index = index(snapshot.rows(), Objects.requireNonNull(key, "key"));
    if (index < 0) {
      throw new IllegalArgumentException(definition.path() + " has no item " + key);
    }
    return index;
  }

  private int index(List<R> rows, String key) {
    for (int i = 0; i < rows.size(); i++) {
      if (definition.key(rows.get(i)).equals(key)) {
        return i;
      }
    }
    return -1;
  }

  private R create(Instant at, boolean isAdded) {
    int index = created++;
    String path = definition.path();
    long place = path.hashCode() * 1_000_000L + index;
    long id = world.ids().listItem(path, index);
    return definition.create(new RepositoryList.NewRow(world, place, index, id, at, isAdded));
  }

  private Instant seconds() {
    return now.get().truncatedTo(ChronoUnit.SECONDS);
  }
}
