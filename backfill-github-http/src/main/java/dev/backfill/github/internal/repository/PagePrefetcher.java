package dev.backfill.github.internal.repository;

import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The pages that are fetched ahead, in their order, while the chunk before them is enriched and
 * stored. Used by one session.
 *
 * @param <P> a page
 */
public final class PagePrefetcher<P> {

  private final ExecutorService executor;
  private final Bounds bounds;
  private final ToLongFunction<P> size;
  private final List<Flight<P>> flights = new ArrayList<>();
  private final List<Flight<P>> discarded = new ArrayList<>();
  private String failed = "";
  private long expectedSize;

  PagePrefetcher(ExecutorService executor, Bounds bounds, ToLongFunction<P> size) {
    this.executor = executor;
    this.bounds = bounds;
    this.size = size;
  }

  /**
   * The max amount of pages ahead.
   *
   * @param pages the number of pages, those under way included; 1 or more
   * @param bytes the size of their text; a page that is under way counts as much as the one before
   *     it
   */
  public record Bounds(int pages, long bytes) {}

  /** Fetches a page. */
  @FunctionalInterface
  public interface Fetch<P> {

    P fetch(RequestBudget budget) throws InterruptedException;
  }

  /** A page that is being fetched or has arrived. */
  private static final class Flight<P> {

    private final String key;
    private final Fetch<P> fetch;
    private final RequestBudget budget;
    private final ToLongFunction<P> sizes;
    private final ReentrantLock running = new ReentrantLock();
    private volatile boolean cancelled;
    private volatile long size = -1;
    private @Nullable Future<P> future;

    Flight(String key, Fetch<P> fetch, Reserve reserve, ToLongFunction<P> sizes) {
      this.key = key;
      this.fetch = fetch;
      this.budget = new RequestBudget(reserve, new LongAdder());
      this.sizes = sizes;
    }

    P run() throws InterruptedException {
      running.lockInterruptibly();
      try {
        if (cancelled) {
          throw new CancellationException();
        }
        P page = fetch.fetch(budget);
        size = sizes.applyAsLong(page);
        return page;
      } finally {
        running.unlock();
      }
    }

    void cancel() {
      cancelled = true;
      if (future != null) {
        future.cancel(true);
      }
    }

    /** Waits until its last request has ended. */
    void awaitEnd() throws InterruptedException {
      running.lockInterruptibly();
      running.unlock();
    }
  }

  /** Records the present size of pages, from one that was not fetched ahead. */
  public void recordSize(P page) {
    expectedSize = size.applyAsLong(page);
  }

  /**
   * Begins to fetch a page, unless it is being fetched already or there is no room.
   *
   * @param place the number of pages before it
   */
  public void begin(int place, String page, Fetch<P> fetch, Reserve reserve) {
    if (flights.stream().anyMatch(flight -> flight.key.equals(page)) || !hasRoom()) {
      return;
    }
    Flight<P> flight = new Flight<>(page, fetch, reserve, size);
    try {
      flight.future = executor.submit(flight::run);
    } catch (RejectedExecutionException e) {
      // The client is being closed; the next request reports it.
      return;
    }
    flights.add(Math.min(place, flights.size()), flight);
    if (page.equals(failed)) {
      failed = "";
    }
  }

  private boolean hasRoom() {
    long held = 0;
    for (Flight<P> flight : flights) {
      held += flight.size < 0 ? expectedSize : flight.size;
    }
    return flights.size() < bounds.pages() && held + expectedSize <= bounds.bytes();
  }

  /** Returns true if nothing is fetched ahead but this page and its successors. */
  public boolean leadsTo(@Nullable String page) {
    return flights.isEmpty() || flights.get(0).key.equals(page) || failed.equals(page);
  }

  /**
   * Waits for a page and removes it. Pages ahead of it are discarded; if it is not among the pages,
   * all are.
   *
   * @return the page, or null if it is not being fetched
   * @throws dev.backfill.api.failure.BackfillException the page's failure; after that the page is
   *     not being fetched any more, but those behind it are
   */
  public @Nullable P take(String page, RequestBudget budget) throws InterruptedException {
    if (!leadsTo(page)) {
      discard(budget);
    }
    if (flights.isEmpty() || !flights.get(0).key.equals(page)) {
      return null;
    }
    Flight<P> flight = flights.get(0);
    Future<P> future = flight.future;
    if (future == null) {
      return null;
    }
    try {
      P result = future.get();
      settle(flight, budget);
      return result;
    } catch (CancellationException e) {
      settle(flight, budget);
      return null;
    } catch (ExecutionException e) {
      settle(flight, budget);
      failed = page;
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      // Interrupted in the background: the caller itself was not interrupted.
      return null;
    }
  }

  private void settle(Flight<P> flight, RequestBudget budget) {
    flights.remove(flight);
    budget.spent().add(flight.budget.spent().sumThenReset());
  }

  /**
   * Discards all pages that are fetched ahead. Waits until each cancelled request has ended, which
   * is short, so that its cost is known.
   */
  public void discard(RequestBudget budget) throws InterruptedException {
    cancel();
    discarded.addAll(flights);
    flights.clear();
    for (Iterator<Flight<P>> each = discarded.iterator(); each.hasNext(); ) {
      Flight<P> flight = each.next();
      flight.awaitEnd();
      budget.spent().add(flight.budget.spent().sumThenReset());
      each.remove();
    }
  }

  /** Cancels requests under way, without waiting. */
  public void cancel() {
    flights.forEach(Flight::cancel);
  }
}
