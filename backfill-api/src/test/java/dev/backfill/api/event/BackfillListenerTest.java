package dev.backfill.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.event.BackfillEvent.SliceEnded;
import dev.backfill.api.event.BackfillEvent.Waiting;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackfillListenerTest {

  private static final BackfillKey KEY = new BackfillKey("archive:letters", "attic");
  private static final SliceEnded ENDED =
      new SliceEnded(
          KEY,
          Instant.EPOCH,
          BackfillStatus.PENDING,
          null,
          0,
          new Progress(0, 0, Total.UNKNOWN, 0, null, null));

  @Test
  void aTypedListenerReceivesItsTypeAlone() {
    List<Waiting> received = new ArrayList<>();
    BackfillListener listener = BackfillListener.on(Waiting.class, received::add);
    Waiting waiting = new Waiting(KEY, Instant.EPOCH, Instant.EPOCH, "quota", 0, null, null);
    listener.onEvent(ENDED);
    listener.onEvent(waiting);
    assertThat(received).containsExactly(waiting);
  }

  @Test
  void aListenerForAllEventsReceivesEachOnce() {
    List<BackfillEvent> received = new ArrayList<>();
    BackfillListener listener = BackfillListener.on(BackfillEvent.class, received::add);
    listener.onEvent(new Waiting(KEY, Instant.EPOCH, Instant.EPOCH, "quota", 0, null, null));
    listener.onEvent(ENDED);
    assertThat(received).hasSize(2);
  }
}
