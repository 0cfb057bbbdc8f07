package dev.backfill.examples.support;

import dev.backfill.core.BackfillEngine;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** On Ctrl-C lets the engine finish its commit and give its lease back, before the process ends. */
public final class StopOnShutdown implements AutoCloseable {

  private static final long TIMEOUT_SECONDS = 20;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;

  /**
   * Begins to look out for Ctrl-C.
   *
   * @param engine what to stop
   * @param afterwards what to do once all is given back
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

  /** Says that everything is given back. */
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
