package dev.backfill.examples.support;

import dev.backfill.core.BackfillEngine;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A shutdown hook for Ctrl-C: the engine finishes its commit and releases its lease before the
 * process ends.
 */
public final class StopOnShutdown implements AutoCloseable {

  private static final long TIMEOUT_SECONDS = 20;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;

  /**
   * Installs the hook.
   *
   * @param engine the engine to stop
   * @param afterwards runs once all leases are released
   */
  public StopOnShutdown(BackfillEngine engine, Runnable afterwards) {
    hook =
        new Thread(
            () -> {
              engine.stop();
              try {
                if (done.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                  afterwards.run();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "stop-on-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Reports that all leases are released. */
  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already, and the hook is doing its work.
      return;
    }
  }
}
