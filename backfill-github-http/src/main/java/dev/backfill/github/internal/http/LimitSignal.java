package dev.backfill.github.internal.http;

import dev.backfill.api.failure.RateLimitedException.Kind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * GitHub has asked to wait.
 *
 * @param kind which limit it was
 * @param until until when, on the local clock; null when GitHub did not say
 */
record LimitSignal(Kind kind, @Nullable Instant until) {}
