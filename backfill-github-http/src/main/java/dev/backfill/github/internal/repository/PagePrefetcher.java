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
 * The pages that are fetched ahead, in their order, while the chunk before them is being completed
 * and stored. Belongs to one session.
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
   * How much may be there ahead.
   *
   * @param pages pages, those under way included; 1 or more
   * @param bytes bytes of their text; a page that is under way counts as much as the one before it
   */
  public record Bounds(int pages, long bytes) {}

  /** Brings a page. */
  @FunctionalInterface
  public interface Fetch<P> {

    P fetch(RequestBudget budget) throws InterruptedException;
  }

  /** A page that is being fetched, or is there. */
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

    /** Waits until nothing more is asked for it. */
    void awaitEnd() throws InterruptedException {
      running.lockInterruptibly();
      running.unlock();
    }
  }

  /** How large pages are at the moment, as told by one that was not fetched ahead. */
  public void recordSize(P page) {
    expectedSize = size.applyAsLong(page);
  }

  /**
   * Begins to fetch a page, unless it is being fetched already or there is no room.
   *
   * @param place how many pages are to come before it
   */
  public void begin(int place, String page, Fetch<P> fetch, Reserve reserve) {
    if (flights.stream().anyMatch(flight -> flight.key.equals(page)) || !hasRoom()) {
      return;
    }
    Flight<P> flight = new Flight<>(page, fetch, reserve, size);
    try {
      flight.future = executor.submit(flight::run);
    } catch (RejectedExecutionException e) {
      // The client is being closed; the next request says so.
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

  /** Whether nothing is fetched ahead but this page and what follows it. */
  public boolean leadsTo(@Nullable String page) {
    return flights.isEmpty() || flights.get(0).key.equals(page) || failed.equals(page);
  }

  /**
   * Waits for a page and gives it away. Those that were to come before it are thrown away; so are
   * all when it is not among them.
   *
   * @return the page, or null when that page is not being fetched
   * @throws dev.backfill.api.failure.BackfillException what went wrong; after that the page is not
   *     being fetched any more, but those behind it are
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
      // Interrupted in the background: nobody has said so to the caller.
      return null;
    }
  }

  private void settle(Flight<P> flight, RequestBudget budget) {
    flights.remove(flight);
    budget.spent().add(flight.budget.spent().sumThenReset());
  }

  /**
   * Throws away what is fetched ahead. Waits until each request has ended, which takes no longer
   * than to give it up, so that what it has cost is known.
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

  /** Gives up what is under way, and waits for nothing. */
  public void cancel() {
    flights.forEach(Flight::cancel);
  }
}
