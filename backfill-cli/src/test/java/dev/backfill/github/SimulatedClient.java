package dev.backfill.github;

import dev.backfill.github.internal.credential.Threads;
import dev.backfill.github.internal.cursor.PageSizes;
import java.net.http.HttpClient;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** Lets a simulation give a client its requests, its page sizes, and no thread but the caller's. */
public final class SimulatedClient {

  private SimulatedClient() {}

  /**
   * Makes a client a function of what it is given.
   *
   * @param rest items on a page of a REST list; at least 10
   * @param queries pull requests on a page of a query
   */
  public static GitHub.Builder of(GitHub.Builder builder, HttpClient http, int rest, int queries) {
    return builder.machine(
        new ClientMachine(
            new Threads(new CallersThread(), new CallersThread()),
            http,
            new PageSizes(rest, queries)));
  }

  private static final class CallersThread extends AbstractExecutorService {

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public void shutdown() {}

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
