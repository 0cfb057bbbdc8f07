package dev.backfill.spring.boot;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.event.BackfillListener;
import dev.backfill.api.store.BackfillKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The waits of this process's backfills, from events: health reads them without a query. Safe for
 * any number of threads.
 */
final class WaitWatch implements BackfillListener {

  private final Map<BackfillKey, BackfillEvent.Waiting> waits = new ConcurrentHashMap<>();

  @Override
  public void onEvent(BackfillEvent event) {
    if (event instanceof BackfillEvent.Waiting waiting) {
      waits.put(event.key(), waiting);
    } else if (!(event instanceof BackfillEvent.SliceEnded)
        && !(event instanceof BackfillEvent.JobNoted)) {
      // A slice that ends to wait is followed by nothing until the wait is over.
      waits.remove(event.key());
    }
  }

  /** Returns the latest wait of each backfill that has done nothing since; some may be over. */
  List<BackfillEvent.Waiting> waits() {
    return List.copyOf(waits.values());
  }
}
