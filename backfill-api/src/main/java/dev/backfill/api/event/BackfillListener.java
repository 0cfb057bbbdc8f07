package dev.backfill.api.event;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * An observer of events.
 *
 * <p><b>Contract.</b> <i>Called by</i> one thread of the engine's own, never the one that works: a
 * listener can neither slow nor stop a job. <i>Ordering:</i> events of a backfill arrive in order,
 * after their facts were committed. <i>Delivery:</i> a listener that falls far behind misses
 * events, and the engine logs their number. <i>Throws:</i> the engine logs and ignores the
 * exception. <i>Null:</i> never.
 */
@FunctionalInterface
public interface BackfillListener {

  /**
   * Handles an event.
   *
   * @param event the event
   */
  void onEvent(BackfillEvent event);

  /**
   * Returns a listener for events of one type.
   *
   * @param type the type, such as {@code ChunkCommitted.class}
   * @param action receives each event of that type
   * @param <E> the type
   * @return a listener that ignores all other events
   */
  static <E extends BackfillEvent> BackfillListener on(Class<E> type, Consumer<? super E> action) {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(action, "action");
    return event -> {
      if (type.isInstance(event)) {
        action.accept(type.cast(event));
      }
    };
  }
}
