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
 * Turns Ctrl-C and a polite kill into a request to stop: the run ends by itself and the process
 * with its exit code. The second one ends the process at once.
 *
 * <p>Signal handlers rather than a shutdown hook: hooks run side by side, and H2's own would close
 * the database file under the commit that is still to be finished.
 */
public final class Interruption implements AutoCloseable {

  /** How long the run may take to end before the process ends without it. */
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
   * Begins to listen.
   *
   * @param err where to tell people
   * @param again the command that goes on
   */
  public static Interruption install(PrintWriter err, String again) {
    Interruption interruption = new Interruption(err, again);
    for (String name : new String[] {"INT", "TERM"}) {
      try {
        Signal.handle(new Signal(name), signal -> interruption.request());
      } catch (IllegalArgumentException e) {
        // The JVM keeps this signal to itself (-Xrs): it then ends the process at once, which is
        // as safe as a crash.
        continue;
      }
    }
    return interruption;
  }

  /** Says what a request does; runs at once when one came before. */
  public void onRequest(Runnable action) {
    stop.set(action);
    if (requested.get()) {
      action.run();
    }
  }

  public boolean isRequested() {
    return requested.get();
  }

  /** The sentence for the end of an interrupted run. */
  public String sentence() {
    return "Interrupted: what was committed is stored and the leases are given back. Go on with: "
        + again;
  }

  private void request() {
    if (!requested.compareAndSet(false, true)) {
      give("Ended at once: what was committed is stored. Go on with: " + again);
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
                "The run did not end within %d s; what was committed is stored, and its leases end"
                    + " by themselves. Go on with: %s",
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

  /** The run has ended; the process is about to. */
  @Override
  public void close() {
    ended.countDown();
  }
}
