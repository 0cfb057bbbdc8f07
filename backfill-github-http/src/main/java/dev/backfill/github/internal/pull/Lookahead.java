package dev.backfill.github.internal.pull;

import dev.backfill.github.internal.http.Budget;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The one page that is fetched ahead, while the chunk before it is being stored.
 *
 * @param <P> a page
 */
public final class Lookahead<P> {

  private final ExecutorService executor;
  private String key = "";
  private @Nullable Future<P> future;
  private LongAdder spent = new LongAdder();

  Lookahead(ExecutorService executor) {
    this.executor = executor;
  }

  /** Brings a page. */
  @FunctionalInterface
  public interface Fetch<P> {

    P fetch(Budget budget) throws InterruptedException;
  }

  /** Begins to fetch a page, unless one is being fetched already. */
  public void begin(String page, Fetch<P> fetch, long reserve) {
    if (future != null) {
      return;
    }
    LongAdder own = new LongAdder();
    try {
      future = executor.submit(() -> fetch.fetch(new Budget(reserve, own)));
      key = page;
      spent = own;
    } catch (RejectedExecutionException e) {
      // The client is being closed; the next request says so.
    }
  }

  /**
   * Waits for the page and gives it away.
   *
   * @return the page, or null when that page is not being fetched
   * @throws dev.backfill.api.failure.BackfillException what went wrong; after that the page is not
   *     being fetched any more
   */
  public @Nullable P take(String page, Budget budget) throws InterruptedException {
    Future<P> begun = future;
    if (begun == null) {
      return null;
    }
    if (!key.equals(page)) {
      // Nobody will ask for it any more.
      begun.cancel(true);
      settle(budget);
      return null;
    }
    try {
      P result = begun.get();
      settle(budget);
      return result;
    } catch (CancellationException e) {
      settle(budget);
      return null;
    } catch (ExecutionException e) {
      settle(budget);
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

  private void settle(Budget budget) {
    future = null;
    budget.spent().add(spent.sumThenReset());
  }

  public void cancel() {
    if (future != null) {
      future.cancel(true);
    }
  }
}
