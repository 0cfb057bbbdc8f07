package dev.backfill.core.internal;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.event.BackfillListener;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A dispatcher of events to listeners, in order, on a thread of its own. It drops events rather
 * than make a worker wait.
 */
public final class EventDispatcher implements AutoCloseable {

  /** The max number of events that wait for a slow listener. */
  static final int CAPACITY = 4_096;

  private static final Logger LOG = LoggerFactory.getLogger(EventDispatcher.class);
  private static final long DRAIN_SECONDS = 5;

  private final List<BackfillListener> listeners;
  private final AtomicLong dropped = new AtomicLong();
  private final ThreadPoolExecutor thread;

  /**
   * Creates a dispatcher; its thread begins with the first event.
   *
   * @param listeners the listeners
   */
  public EventDispatcher(List<BackfillListener> listeners) {
    this.listeners = List.copyOf(listeners);
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(CAPACITY),
            DaemonThreads.named("backfill-events"),
            (task, executor) -> dropped.incrementAndGet());
    this.thread.allowCoreThreadTimeOut(true);
  }

  /**
   * Passes an event to all listeners, later.
   *
   * @param event the event
   */
  public void publish(BackfillEvent event) {
    if (!listeners.isEmpty()) {
      thread.execute(() -> deliver(event));
    }
  }

  private void deliver(BackfillEvent event) {
    for (BackfillListener listener : listeners) {
      try {
        listener.onEvent(event);
      } catch (RuntimeException e) {
        LOG.warn("A listener failed on {}; the backfill continues.", event, e);
      }
    }
  }

  /** Delivers the published events, for a few seconds at most. */
  @Override
  public void close() {
    thread.shutdown();
    boolean interrupted = Thread.interrupted();
    try {
      if (!thread.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("A listener missed {} event(s) at the end.", thread.shutdownNow().size());
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (dropped.get() > 0) {
      LOG.warn("Slow listeners missed {} event(s).", dropped.get());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
