package dev.backfill.core.manager;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.store.BackfillKey;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The sources of a manager by their names. */
final class SourceRegistry {

  private final Map<String, ManagedSource<?>> sources = new LinkedHashMap<>();

  SourceRegistry(Collection<ManagedSource<?>> managed) {
    for (ManagedSource<?> source : managed) {
      if (sources.put(source.source().name(), source) != null) {
        throw new InvalidConfigurationException(
            "The source "
                + source.source().name()
                + " was added twice. Nothing was started. Add each source once.");
      }
    }
    if (sources.isEmpty()) {
      throw new InvalidConfigurationException(
          "The manager has no source. Nothing was started. Add one with source(...).");
    }
  }

  Set<String> names() {
    return Set.copyOf(sources.keySet());
  }

  ManagedSource<?> of(BackfillKey key) {
    ManagedSource<?> source = sources.get(key.source());
    if (source == null) {
      throw new IllegalStateException("there is no source " + key.source());
    }
    return source;
  }

  boolean has(BackfillKey key) {
    return sources.containsKey(key.source());
  }

  /** Returns the keys of a target's backfills. */
  List<BackfillKey> keys(String target) {
    return sources.keySet().stream().map(name -> new BackfillKey(name, target)).toList();
  }

  /** Refuses a target that is not in the notation of every source. */
  void check(String target) {
    sources.values().forEach(managed -> managed.source().open(target, Cursor.START).close());
  }
}
