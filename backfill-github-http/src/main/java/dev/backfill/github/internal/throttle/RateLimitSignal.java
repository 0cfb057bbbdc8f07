package dev.backfill.github.internal.throttle;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * GitHub's request to wait.
 *
 * @param kind the kind of limit
 * @param until its end on the local clock; null if GitHub sent none
 * @param aboutUse true if the number of requests can be the reason; false for a busy server
 */
public record RateLimitSignal(LimitKind kind, @Nullable Instant until, boolean aboutUse) {

  public RateLimitSignal(LimitKind kind, @Nullable Instant until) {
    this(kind, until, true);
  }

  /** Returns the signal of a busy server that sent an end. */
  RateLimitSignal busy() {
    return new RateLimitSignal(kind, until, false);
  }
}
