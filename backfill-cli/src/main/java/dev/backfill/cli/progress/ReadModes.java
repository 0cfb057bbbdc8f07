package dev.backfill.cli.progress;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.store.BackfillKey;
import java.util.HashMap;
import java.util.Map;

/** The way in which each backfill's source reads, to report its changes once in each slice. */
final class ReadModes {

  private final Map<BackfillKey, String> last = new HashMap<>();

  void started(BackfillEvent.SliceStarted event) {
    last.remove(event.key());
  }

  /** Returns true if the chunk was read in another way than before, which is worth a remark. */
  boolean changedWith(BackfillEvent.ChunkCommitted event) {
    String before = last.put(event.key(), event.readMode());
    return !event.readMode().isEmpty() && !event.readMode().equals(before);
  }
}
