package dev.backfill.core;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.testkit.ManualTimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/** An engine over memory and manual time, with everything it did on record. */
final class EngineFixture {

  static final String TARGET = "owner/name";

  final ManualTimeSource time = new ManualTimeSource();
  final ProgressStore store = new InMemoryStore(time).progress();
  final List<Integer> stored = new ArrayList<>();
  final List<BackfillEvent> events = new CopyOnWriteArrayList<>();

  BackfillEngine.Builder engine() {
    return engine(store);
  }

  BackfillEngine.Builder engine(ProgressStore progress) {
    return BackfillEngine.builder(progress)
        .timeSource(time)
        .random(new Random(42))
        .listener(events::add);
  }

  BackfillSpec<Integer> job(ScriptedSource source) {
    return new BackfillSpec<>(
        source,
        TARGET,
        (items, transaction) -> {
          int known = (int) items.stream().filter(stored::contains).count();
          stored.addAll(items);
          return new SinkCounts(items.size() - known, known);
        });
  }

  Backfill backfill(ScriptedSource source) {
    return store.find(job(source).key()).orElseThrow();
  }

  <E extends BackfillEvent> List<E> events(Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
