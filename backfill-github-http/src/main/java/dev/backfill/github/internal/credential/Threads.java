package dev.backfill.github.internal.credential;

import dev.backfill.github.internal.transport.DaemonThreads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The executors of a client's background work, for which callers do not wait.
 *
 * @param workers runs fetches beside the calling thread
 * @param limits runs the calls of the store of shared limits
 */
public record Threads(ExecutorService workers, ExecutorService limits) {

  /** Creates daemon threads, which start with the first task. */
  public static Threads ofDaemons() {
    return new Threads(
        Executors.newCachedThreadPool(DaemonThreads.named("backfill-github")),
        LimitSharing.thread());
  }
}
