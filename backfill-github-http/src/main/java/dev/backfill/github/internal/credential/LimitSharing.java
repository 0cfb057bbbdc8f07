package dev.backfill.github.internal.credential;

import dev.backfill.api.quota.SharedLimit;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.throttle.Principal;
import dev.backfill.github.internal.throttle.QuotaHeaders;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.DaemonThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares limits with other processes. It calls the host's store on a thread of its own, since an
 * interrupt during a call can damage a database file. A request waits for that at most {@link
 * #TIMEOUT}. Failures of the store never fail a request. Thread-safe.
 */
public final class LimitSharing implements AutoCloseable {

  /** The max age of limits that were read. */
  static final Duration FRESH = Duration.ofSeconds(1);

  /** The time without calls after a failure of the store. */
  static final Duration PAUSE = Duration.ofSeconds(30);

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final int MAX_WAITING = 100;
  private static final Logger LOG = LoggerFactory.getLogger(LimitSharing.class);

  private final @Nullable SharedLimits store;
  private final TimeSource time;
  private final ExecutorService calls;
  private final List<Principal> others = new ArrayList<>();
  private final ReentrantLock reading = new ReentrantLock();

  private Set<String> keysRead = Set.of();
  private boolean everRead;
  private volatile long readNanos;
  private volatile boolean paused;
  private volatile long pausedUntilNanos;

  /**
   * Creates it.
   *
   * @param store the store of shared limits, or null to share nothing
   * @param calls runs the calls of the store; shut down by {@link #close}
   */
  public LimitSharing(@Nullable SharedLimits store, TimeSource time, ExecutorService calls) {
    this.store = store;
    this.time = time;
    this.calls = calls;
  }

  /** Creates an executor for the calls of a store, whose thread ends while there are none. */
  static ExecutorService thread() {
    ThreadPoolExecutor thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            DaemonThreads.named("backfill-github-limits"));
    thread.allowCoreThreadTimeOut(true);
    return thread;
  }

  /** Adds a principal without a credential in the pool; only before the first request. */
  public void add(Principal principal) {
    others.add(principal);
  }

  /**
   * Adopts the limits that other processes have met, unless they were read a moment ago.
   *
   * @param always true to read in any case
   */
  public void refresh(CredentialPool pool, boolean always) throws InterruptedException {
    SharedLimits limits = store;
    if (limits == null || isPaused()) {
      return;
    }
    List<Principal> principals = new ArrayList<>(pool.allPrincipals());
    principals.addAll(others);
    Set<String> keys = new LinkedHashSet<>();
    principals.forEach(principal -> keys.addAll(principal.keysToRead()));
    if (keys.isEmpty()) {
      return;
    }
    long requested = time.nanoTime();
    reading.lockInterruptibly();
    try {
      boolean fresh =
          everRead && keys.equals(keysRead) && time.nanoTime() - readNanos < FRESH.toNanos();
      // Another thread may have read while this one waited for the lock; its result is used.
      boolean readMeanwhile = everRead && readNanos - requested > 0;
      if (isPaused() || (fresh && (!always || readMeanwhile))) {
        return;
      }
      Map<String, Map<String, SharedLimit>> found = await(() -> limits.read(keys));
      everRead = true;
      keysRead = keys;
      readNanos = time.nanoTime();
      if (found != null) {
        pool.change(
            within -> {
              principals.forEach(principal -> principal.adopt(found));
              return null;
            });
      }
    } finally {
      reading.unlock();
    }
  }

  /** Publishes a limit to other processes. Returns when they can see it, or after a time-out. */
  void publish(Principal principal, ApiResource resource, SharedLimit limit) {
    SharedLimits limits = store;
    if (limits == null || isPaused() || principal.keysToWrite().isEmpty()) {
      return;
    }
    try {
      await(
          () -> {
            for (String key : principal.keysToWrite()) {
              limits.limited(key, QuotaHeaders.name(resource), limit);
            }
            return Boolean.TRUE;
          });
    } catch (InterruptedException e) {
      // The store still receives the limit.
      Thread.currentThread().interrupt();
    }
  }

  /** Publishes that GitHub accepted a request again. Does not wait. */
  void recovered(Principal principal, ApiResource resource) {
    SharedLimits limits = store;
    if (limits == null || isPaused()) {
      return;
    }
    submit(
        () -> {
          for (String key : principal.keysToWrite()) {
            limits.recovered(key, QuotaHeaders.name(resource));
          }
          return Boolean.TRUE;
        });
  }

  private boolean isPaused() {
    return paused && pausedUntilNanos - time.nanoTime() > 0;
  }

  /** Returns the result, or null if there is none in time. */
  private <T> @Nullable T await(Callable<T> call) throws InterruptedException {
    Future<T> result = submit(call);
    if (result == null) {
      return null;
    }
    try {
      return result.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      // Logged where it happened.
      return null;
    } catch (TimeoutException e) {
      failed("the store does not answer");
      return null;
    }
  }

  private <T> @Nullable Future<T> submit(Callable<T> call) {
    try {
      return calls.submit(
          () -> {
            try {
              T result = call.call();
              paused = false;
              return result;
            } catch (Exception e) {
              failed(String.valueOf(e.getMessage()));
              throw e;
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("Limits are not shared now: {}", e.getMessage());
      return null;
    }
  }

  private void failed(String why) {
    boolean news = !paused;
    pausedUntilNanos = time.nanoTime() + PAUSE.toNanos();
    paused = true;
    if (news && !calls.isShutdown()) {
      LOG.warn(
          "Limits are not shared with other processes for {} s. Reading continues. Cause: {}",
          PAUSE.toSeconds(),
          why);
    }
  }

  /** Lets calls that have begun end, and begins no more. */
  @Override
  public void close() {
    calls.shutdown();
  }
}
