package dev.backfill.github.internal.pull;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.github.internal.http.Budget;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The one page that is fetched ahead, while the chunk before it is being stored. */
final class Lookahead<T> {

  private final ExecutorService executor;
  private String path = "";
  private @Nullable Future<Page<T>> future;
  private LongAdder spent = new LongAdder();

  Lookahead(ExecutorService executor) {
    this.executor = executor;
  }

  /** Begins to fetch a page, unless one is being fetched already. */
  void begin(String page, PageFetcher<T> fetcher, long reserve) {
    if (future != null) {
      return;
    }
    LongAdder own = new LongAdder();
    try {
      future = executor.submit(() -> fetcher.fetch(page, new Budget(reserve, own)));
      path = page;
      spent = own;
    } catch (RejectedExecutionException e) {
      // The client is being closed; the next request says so.
    }
  }

  /**
   * Waits for the page and gives it away.
   *
   * @return the page, or null when that page is not being fetched
   * @throws BackfillException what went wrong; after that the page is not being fetched any more
   */
  @Nullable Page<T> take(String page, Budget budget) throws InterruptedException {
    Future<Page<T>> begun = future;
    if (begun == null || !path.equals(page)) {
      return null;
    }
    try {
      Page<T> result = begun.get();
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

  void cancel() {
    if (future != null) {
      future.cancel(true);
    }
  }
}
