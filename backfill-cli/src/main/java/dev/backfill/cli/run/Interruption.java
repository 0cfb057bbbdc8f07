package dev.backfill.cli.run;

import dev.backfill.cli.text.ExitCode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/**
 * Handler of Ctrl-C and SIGTERM. The first signal requests a stop: the run ends, and the process
 * ends with its exit code. The second signal ends the process at once.
 *
 * <p>It uses signal handlers instead of a shutdown hook. Hooks run in parallel, and that of H2
 * would close the database file during the last commit.
 */
public final class Interruption implements AutoCloseable {

  /** Max time for the run to end after a request; then the process ends without it. */
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final AtomicBoolean requested = new AtomicBoolean();
  private final AtomicReference<@Nullable Runnable> stop = new AtomicReference<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final PrintWriter err;
  private final String again;

  private Interruption(PrintWriter err, String again) {
    this.err = err;
    this.again = again;
  }

  /**
   * Installs the signal handlers.
   *
   * @param err the writer for messages
   * @param again the command that continues the run
   */
  public static Interruption install(PrintWriter err, String again) {
    Interruption interruption = new Interruption(err, again);
    for (String name : new String[] {"INT", "TERM"}) {
      try {
        Signal.handle(new Signal(name), signal -> interruption.request());
      } catch (IllegalArgumentException e) {
        // With -Xrs the JVM does not handle this signal: it ends the process at once, which is as
        // safe as a crash.
        continue;
      }
    }
    return interruption;
  }

  /** Sets the action of a request; runs it at once if a request came before. */
  public void onRequest(Runnable action) {
    stop.set(action);
    if (requested.get()) {
      action.run();
    }
  }

  public boolean isRequested() {
    return requested.get();
  }

  /** Returns the sentence for the end of an interrupted run. */
  public String sentence() {
    return "Interrupted. Committed items are stored, and the leases are released. Continue with: "
        + again;
  }

  private void request() {
    if (!requested.compareAndSet(false, true)) {
      give("Ended at once. Committed items are stored. Continue with: " + again);
      return;
    }
    Runnable action = stop.get();
    if (action != null) {
      action.run();
    }
    Thread watchdog = new Thread(this::endAnyway, "interruption");
    watchdog.setDaemon(true);
    watchdog.start();
  }

  private void endAnyway() {
    try {
      if (!ended.await(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        give(
            String.format(
                Locale.ROOT,
                "The run did not end within %d s. Committed items are stored, and the leases expire."
                    + " Continue with: %s",
                TIMEOUT.toSeconds(),
                again));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void give(String lastWords) {
    err.println();
    err.println("backfill: " + lastWords);
    err.flush();
    Runtime.getRuntime().halt(ExitCode.INTERRUPTED.number());
  }

  /** Marks the run as ended, so that the process is not ended by force. */
  @Override
  public void close() {
    ended.countDown();
  }
}
