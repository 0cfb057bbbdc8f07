package dev.backfill.jdbc.internal.progress;

import dev.backfill.api.store.Lease;
import dev.backfill.jdbc.internal.dialect.ItemRows;
import dev.backfill.jdbc.internal.dialect.Upsert;
import dev.backfill.jdbc.internal.dialect.UpsertTable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was committed beside items under each lease of late: chunk after chunk comes with the same
 * repository and many of the same accounts, and need not write them again. Safe for any number of
 * threads.
 */
final class WrittenContext {

  static final int MOST_LEASES = 64;
  static final int MOST_ROWS = 1_000;

  private final Map<Lease, Map<Key, @Nullable Object[]>> leases = new Recent<>(MOST_LEASES);

  /** Which row it is, whatever is in it. */
  private record Key(String table, List<@Nullable Object> values) {

    static Key of(UpsertTable table, @Nullable Object[] row) {
      return new Key(table.name(), Arrays.asList(row).subList(0, table.keys()));
    }
  }

  /** The rows without those that were committed under this lease. */
  synchronized ItemRows unwritten(Lease lease, ItemRows rows) {
    Map<Key, @Nullable Object[]> written = leases.get(lease);
    if (written == null) {
      return rows;
    }
    return new ItemRows(
        rows.context().stream()
            .map(
                upsert ->
                    new Upsert(
                        upsert.table(),
                        upsert.rows().stream()
                            .filter(
                                row ->
                                    !Arrays.equals(written.get(Key.of(upsert.table(), row)), row))
                            .toList()))
            .toList(),
        rows.items(),
        rows.parts());
  }

  /** Remembers what comes with items, which was committed. */
  synchronized void committed(Lease lease, ItemRows rows) {
    Map<Key, @Nullable Object[]> written =
        leases.computeIfAbsent(lease, any -> new Recent<>(MOST_ROWS));
    for (Upsert upsert : rows.context()) {
      upsert.rows().forEach(row -> written.put(Key.of(upsert.table(), row), row));
    }
  }

  /** Forgets what was used longest ago. */
  private static final class Recent<K, V> extends LinkedHashMap<K, V> {

    private static final long serialVersionUID = 1L;

    private final int most;

    Recent(int most) {
      super(16, 0.75f, true);
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > most;
    }
  }
}
