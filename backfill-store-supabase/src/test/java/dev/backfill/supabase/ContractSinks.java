package dev.backfill.supabase;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A progress store over REST that takes the contract's sinks, which are Java code. A function of
 * the project stands for them. It writes the items into a table, inside of the commit, with the
 * counts that the sink returns. The sink itself receives the items that the table has after a call.
 */
final class ContractSinks {

  private static final SinkTransaction NONE =
      new SinkTransaction() {
        @Override
        public <R> Optional<R> unwrap(Class<R> type) {
          return Optional.empty();
        }
      };

  private static final String QUARANTINED =
      "SELECT item_key FROM backfill_quarantine WHERE backfill_id = ";

  private final RestProject project;
  private final ProgressStore store;

  private ContractSinks(RestProject project) {
    this.project = project;
    this.store = project.rest().progress();
  }

  static ProgressStore over(RestProject project) throws SQLException {
    project.execute(
        "CREATE TABLE IF NOT EXISTS contract_items (id bigint GENERATED ALWAYS AS IDENTITY, item text NOT NULL);"
            + " CREATE TABLE IF NOT EXISTS contract_keys (scope text NOT NULL, key text NOT NULL);"
            + " CREATE OR REPLACE FUNCTION contract_write(items jsonb) RETURNS jsonb LANGUAGE sql AS $$"
            + " INSERT INTO contract_items (item) SELECT e ->> 'item'"
            + " FROM jsonb_array_elements(items) e;"
            + " SELECT jsonb_build_object('inserted', items -> 0 -> 'inserted',"
            + " 'updated', items -> 0 -> 'updated') $$;"
            + " CREATE OR REPLACE FUNCTION contract_read(given jsonb) RETURNS jsonb LANGUAGE sql AS $$"
            + " SELECT jsonb_build_object('count',"
            + " (SELECT count(*) FROM contract_keys WHERE scope = given ->> 'scope'),"
            + " 'stored', (SELECT coalesce(jsonb_agg(key), '[]') FROM contract_keys"
            + " WHERE scope = given ->> 'scope' AND given -> 'keys' ? key)) $$;");
    ContractSinks sinks = new ContractSinks(project);
    return (ProgressStore)
        Proxy.newProxyInstance(
            ContractSinks.class.getClassLoader(),
            new Class<?>[] {ProgressStore.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "commit" ->
                      sinks.commit(
                          (Lease) arguments[0], (ChunkCommit<?>) arguments[1], arguments[2]);
                  case "tryWrite" ->
                      sinks.tryWrite((Lease) arguments[0], (List<?>) arguments[1], arguments[2]);
                  case "countKnown" ->
                      sinks.countKnown(
                          (BackfillId) arguments[0], (Sink<?>) arguments[1], (String) arguments[2]);
                  case "missing" -> sinks.missing(arguments);
                  default -> {
                    try {
                      yield method.invoke(sinks.store, arguments);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  }
                });
  }

  @SuppressWarnings("unchecked")
  private <T> Object commit(Lease lease, ChunkCommit<T> commit, Object given) throws Exception {
    Sink<T> sink = (Sink<T>) given;
    List<T> items = commit.chunk().items();
    if (items.isEmpty()) {
      return store.commit(lease, commit, sink);
    }
    int before = project.query("SELECT 1 FROM contract_items").size();
    Object result = store.commit(lease, commit, writing(sink));
    if (project.query("SELECT 1 FROM contract_items").size() > before) {
      sink.write(items, NONE);
    }
    return result;
  }

  @SuppressWarnings("unchecked")
  private <T> Object tryWrite(Lease lease, List<T> items, Object given) throws Exception {
    Sink<T> sink = (Sink<T>) given;
    int before = project.query("SELECT 1 FROM contract_items").size();
    store.tryWrite(lease, items, writing(sink));
    if (project.query("SELECT 1 FROM contract_items").size() != before) {
      throw new AssertionError("a trial left items");
    }
    sink.write(items, NONE);
    return null;
  }

  private static <T> Sink<T> writing(Sink<T> sink) throws Exception {
    SinkCounts counts = sink.write(List.of(), NONE);
    return SupabaseSink.rpc(
        "contract_write",
        item ->
            Map.of(
                "item",
                String.valueOf(item),
                "inserted",
                counts.inserted(),
                "updated",
                counts.updated()));
  }

  private OptionalLong countKnown(BackfillId id, Sink<?> sink, String scope) throws Exception {
    return store.countKnown(id, reading(id, sink, scope, List.of()), scope);
  }

  @SuppressWarnings("unchecked")
  private Optional<List<String>> missing(Object[] arguments) throws Exception {
    BackfillId id = (BackfillId) arguments[0];
    String scope = (String) arguments[2];
    List<String> keys = (List<String>) arguments[3];
    return store.missing(id, reading(id, (Sink<?>) arguments[1], scope, keys), scope, keys);
  }

  /** Puts the keys of a sink that can count into a table, with others up to its count. */
  private Sink<?> reading(BackfillId id, Sink<?> sink, String scope, List<String> keys)
      throws Exception {
    OptionalLong count = sink.count(scope, NONE);
    if (count.isEmpty()) {
      return SupabaseSink.rpc("contract_write", item -> Map.of());
    }
    List<String> asked = new ArrayList<>(keys);
    asked.addAll(project.query(QUARANTINED + id.value()));
    Set<String> stored = asked.isEmpty() ? Set.of() : sink.stored(scope, asked, NONE).orElseThrow();
    project.execute("DELETE FROM contract_keys");
    for (String key : stored) {
      insert(scope, key);
    }
    for (long i = stored.size(); i < count.getAsLong(); i++) {
      insert(scope, "other " + i);
    }
    return SupabaseSink.rpc("contract_write", item -> Map.of(), "contract_read");
  }

  private void insert(String scope, String key) throws SQLException {
    project.execute("INSERT INTO contract_keys VALUES ('" + scope + "', '" + key + "')");
  }
}
