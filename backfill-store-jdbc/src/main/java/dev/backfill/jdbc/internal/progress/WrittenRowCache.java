package dev.backfill.jdbc.internal.progress;

import dev.backfill.api.internal.history.ItemRows;
import dev.backfill.api.internal.history.Upsert;
import dev.backfill.api.internal.history.UpsertTable;
import dev.backfill.api.store.Lease;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A cache of the rows beside items that were recently committed under each lease. Successive chunks
 * contain the same repository and many of the same accounts, which need no second write. Safe for
 * any number of threads.
 */
final class WrittenRowCache {

  static final int MAX_LEASES = 64;
  static final int MAX_ROWS = 1_000;

  /** The rows of each lease, by their tables and keys. */
  private final Map<Lease, Map<List<Object>, @Nullable Object[]>> leases = new Recent<>(MAX_LEASES);

  /** Returns the rows without those that were committed under this lease. */
  synchronized ItemRows unwritten(Lease lease, ItemRows rows) {
    Map<List<Object>, @Nullable Object[]> written = leases.get(lease);
    if (written == null) {
      return rows;
    }
    List<Upsert> context = new ArrayList<>();
    for (Upsert upsert : rows.context()) {
      List<@Nullable Object[]> unwritten = new ArrayList<>();
      for (@Nullable Object[] row : upsert.rows()) {
        if (!Arrays.equals(written.get(key(upsert.table(), row)), row)) {
          unwritten.add(row);
        }
      }
      context.add(new Upsert(upsert.table(), unwritten));
    }
    return new ItemRows(context, rows.items(), rows.parts());
  }

  /** Records rows that were committed beside items. */
  synchronized void committed(Lease lease, ItemRows rows) {
    if (rows.context().isEmpty()) {
      return;
    }
    Map<List<Object>, @Nullable Object[]> written = leases.get(lease);
    if (written == null) {
      written = new Recent<>(MAX_ROWS);
      leases.put(lease, written);
    }
    for (Upsert upsert : rows.context()) {
      for (@Nullable Object[] row : upsert.rows()) {
        written.put(key(upsert.table(), row), row);
      }
    }
  }

  /**
   * Forgets a lease. The same one can come again if its database was emptied or has lost the end of
   * its log.
   */
  synchronized void forget(Lease lease) {
    leases.remove(lease);
  }

  /** Forgets all rows, after another writer has changed stored rows. */
  synchronized void forgetAll() {
    leases.clear();
  }

  private static List<Object> key(UpsertTable table, @Nullable Object[] row) {
    List<Object> key = new ArrayList<>();
    key.add(table.name());
    for (int i = 0; i < table.keys(); i++) {
      key.add(Objects.requireNonNull(row[i], "a key has no nulls"));
    }
    return key;
  }

  /** A map that drops the least recently used entry. */
  private static final class Recent<K, V> extends LinkedHashMap<K, V> {

    private static final long serialVersionUID = 1L;

    private final int max;

    Recent(int max) {
      super(16, 0.75f, true);
      this.max = max;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > max;
    }
  }
}
