package dev.backfill.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.event.BackfillEvent.HeldByOther;
import dev.backfill.api.event.BackfillEvent.ReadingChanged;
import dev.backfill.api.store.BackfillKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackfillListenerTest {

  private static final BackfillKey KEY = new BackfillKey("archive:letters", "attic");

  @Test
  void aTypedListenerReceivesItsTypeAlone() {
    List<ReadingChanged> received = new ArrayList<>();
    BackfillListener listener = BackfillListener.on(ReadingChanged.class, received::add);
    ReadingChanged changed = new ReadingChanged(KEY, Instant.EPOCH, "by REST");
    listener.onEvent(new HeldByOther(KEY, Instant.EPOCH, "another", Instant.EPOCH));
    listener.onEvent(changed);
    assertThat(received).containsExactly(changed);
  }

  @Test
  void aListenerForAllEventsReceivesEachOnce() {
    List<BackfillEvent> received = new ArrayList<>();
    BackfillListener listener = BackfillListener.on(BackfillEvent.class, received::add);
    listener.onEvent(new ReadingChanged(KEY, Instant.EPOCH, "by REST"));
    listener.onEvent(new HeldByOther(KEY, Instant.EPOCH, "another", Instant.EPOCH));
    assertThat(received).hasSize(2);
  }
}
