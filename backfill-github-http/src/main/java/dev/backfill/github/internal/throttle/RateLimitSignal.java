package dev.backfill.github.internal.throttle;

import dev.backfill.api.failure.RateLimitedException.Kind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * GitHub has asked to wait.
 *
 * @param kind which limit it was
 * @param until until when, on the local clock; null when GitHub did not say
 * @param aboutUse whether the number of requests can be the reason; false for a server that is busy
 */
public record RateLimitSignal(Kind kind, @Nullable Instant until, boolean aboutUse) {

  public RateLimitSignal(Kind kind, @Nullable Instant until) {
    this(kind, until, true);
  }

  /** A server that is busy and names a time. */
  RateLimitSignal busy() {
    return new RateLimitSignal(kind, until, false);
  }
}
