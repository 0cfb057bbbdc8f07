package dev.backfill.github.internal.credential;

import dev.backfill.github.internal.transport.DaemonThreads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What runs the work of a client that its callers do not wait for.
 *
 * @param workers runs what is fetched beside the calling thread
 * @param limits runs the calls of the store that limits are shared in
 */
public record Threads(ExecutorService workers, ExecutorService limits) {

  /** Makes daemon threads, which begin with the first task. */
  public static Threads ofDaemons() {
    return new Threads(
        Executors.newCachedThreadPool(DaemonThreads.named("backfill-github")),
        LimitSharing.thread());
  }
}
