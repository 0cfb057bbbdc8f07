package dev.backfill.core.internal.engine;

import dev.backfill.api.store.BackfillKey;
import dev.backfill.core.run.SliceInterceptor;
import dev.backfill.core.run.SliceInterceptor.Slice;
import dev.backfill.core.run.SliceResult;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Slice inside interceptors, of which none can skip it, repeat it or change its outcome. Used once,
 * by one thread.
 */
public final class InterceptedSlice implements Slice {

  private static final Logger LOG = LoggerFactory.getLogger(InterceptedSlice.class);

  private final BackfillKey key;
  private final Work work;
  private boolean begun;
  private @Nullable SliceResult result;
  private @Nullable Throwable failure;

  /** The work of a slice. */
  @FunctionalInterface
  public interface Work {
    SliceResult run() throws InterruptedException;
  }

  private InterceptedSlice(BackfillKey key, Work work) {
    this.key = key;
    this.work = work;
  }

  /** Runs a slice inside interceptors, the first of which is the outermost. */
  public static SliceResult run(List<SliceInterceptor> interceptors, BackfillKey key, Work slice)
      throws InterruptedException {
    Work wrapped = slice;
    for (int i = interceptors.size() - 1; i >= 0; i--) {
      SliceInterceptor interceptor = interceptors.get(i);
      Work inner = wrapped;
      wrapped = () -> new InterceptedSlice(key, inner).inside(interceptor);
    }
    return wrapped.run();
  }

  private SliceResult inside(SliceInterceptor interceptor) throws InterruptedException {
    try {
      interceptor.intercept(this);
    } catch (InterruptedException e) {
      if (e != failure) {
        // The interceptor itself was interrupted: the slice ends by the same interrupt, if it runs.
        Thread.currentThread().interrupt();
      }
    } catch (RuntimeException e) {
      if (e != failure) {
        LOG.warn("{}: a slice interceptor failed; the slice is not affected.", key, e);
      }
    }
    return begun ? outcome() : run();
  }

  @Override
  public BackfillKey key() {
    return key;
  }

  @Override
  public SliceResult run() throws InterruptedException {
    if (begun) {
      throw new IllegalStateException("the slice of " + key + " was run already");
    }
    begun = true;
    try {
      SliceResult ended = work.run();
      result = ended;
      return ended;
    } catch (InterruptedException | RuntimeException | Error e) {
      failure = e;
      throw e;
    }
  }

  private SliceResult outcome() throws InterruptedException {
    if (failure instanceof InterruptedException interrupted) {
      throw interrupted;
    }
    if (failure instanceof RuntimeException thrown) {
      throw thrown;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (result == null) {
      throw new IllegalStateException("an interceptor left the slice of " + key + " running");
    }
    return result;
  }
}
