package dev.backfill.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.store.BackfillKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class EventDispatcherTest {

  @Test
  void listenersHearEventsInOrder() {
    List<BackfillEvent> received = new CopyOnWriteArrayList<>();
    List<BackfillEvent> sent = new ArrayList<>();
    try (EventDispatcher dispatcher = new EventDispatcher(List.of(received::add))) {
      for (int i = 1; i <= 1_000; i++) {
        sent.add(event(i));
        dispatcher.publish(sent.get(i - 1));
      }
    }
    assertThat(received).isEqualTo(sent);
  }

  @Test
  void aListenerThatThrowsStopsNoOther() {
    List<BackfillEvent> received = new CopyOnWriteArrayList<>();
    try (EventDispatcher dispatcher =
        new EventDispatcher(
            List.of(
                event -> {
                  throw new IllegalStateException("broken listener");
                },
                received::add))) {
      dispatcher.publish(event(1));
      dispatcher.publish(event(2));
    }
    assertThat(received).hasSize(2);
  }

  @Test
  void aStuckListenerNeverMakesTheWorkerWait() {
    CountDownLatch stuck = new CountDownLatch(1);
    List<BackfillEvent> received = new CopyOnWriteArrayList<>();
    try (EventDispatcher dispatcher =
        new EventDispatcher(
            List.of(
                event -> {
                  awaitUninterruptibly(stuck);
                  received.add(event);
                }))) {
      for (int i = 1; i <= EventDispatcher.CAPACITY * 2; i++) {
        dispatcher.publish(event(i));
      }
      stuck.countDown();
    }
    assertThat(received.size()).isBetween(EventDispatcher.CAPACITY, EventDispatcher.CAPACITY + 1);
  }

  private static BackfillEvent event(int attempt) {
    return new BackfillEvent.Waiting(
        new BackfillKey("test:items", "a/b"),
        Instant.EPOCH,
        Instant.EPOCH,
        "x",
        attempt,
        null,
        null);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
