package dev.backfill.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.event.BackfillEvent.HeldByOther;
import dev.backfill.api.event.BackfillEvent.Waiting;
import dev.backfill.api.store.BackfillKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackfillListenerTest {

  private static final BackfillKey KEY = new BackfillKey("archive:letters", "attic");

  @Test
  void aTypedListenerReceivesItsTypeAlone() {
    List<Waiting> received = new ArrayList<>();
    BackfillListener listener = BackfillListener.on(Waiting.class, received::add);
    Waiting waiting = new Waiting(KEY, Instant.EPOCH, Instant.EPOCH, "quota", 0, null);
    listener.onEvent(new HeldByOther(KEY, Instant.EPOCH, "another", Instant.EPOCH));
    listener.onEvent(waiting);
    assertThat(received).containsExactly(waiting);
  }

  @Test
  void aListenerForAllEventsReceivesEachOnce() {
    List<BackfillEvent> received = new ArrayList<>();
    BackfillListener listener = BackfillListener.on(BackfillEvent.class, received::add);
    listener.onEvent(new Waiting(KEY, Instant.EPOCH, Instant.EPOCH, "quota", 0, null));
    listener.onEvent(new HeldByOther(KEY, Instant.EPOCH, "another", Instant.EPOCH));
    assertThat(received).hasSize(2);
  }
}
