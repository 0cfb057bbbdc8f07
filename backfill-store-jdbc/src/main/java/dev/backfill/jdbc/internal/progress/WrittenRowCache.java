package dev.backfill.jdbc.internal.progress;

import dev.backfill.api.store.Lease;
import dev.backfill.jdbc.internal.dialect.ItemRows;
import dev.backfill.jdbc.internal.dialect.Upsert;
import dev.backfill.jdbc.internal.dialect.UpsertTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What was committed beside items under each lease of late: chunk after chunk comes with the same
 * repository and many of the same accounts, and need not write them again. Safe for any number of
 * threads.
 */
final class WrittenRowCache {

  static final int MAX_LEASES = 64;
  static final int MAX_ROWS = 1_000;

  /** Of each lease the rows, by their tables and keys. */
  private final Map<Lease, Map<List<Object>, @Nullable Object[]>> leases = new Recent<>(MAX_LEASES);

  /** The rows without those that were committed under this lease. */
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

  /** Remembers what came with items, and is committed now. */
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

  /** A lease can come again when its database was emptied or has lost the end of its log. */
  synchronized void forget(Lease lease) {
    leases.remove(lease);
  }

  /** What is stored was changed otherwise. */
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

  /** Forgets what was used longest ago. */
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
