package dev.backfill.github.internal.http;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.RateLimitedException.Kind;
import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whom GitHub counts requests for: a gate and a pace for each resource, and lanes for all of them.
 * Used under the pool's lock, except the gates.
 */
final class Principal {

  private final TimeSource time;
  private final Map<ApiResource, RateGate> gates = new EnumMap<>(ApiResource.class);
  private final Map<ApiResource, Pace> paces = new EnumMap<>(ApiResource.class);
  private final Lanes lanes;
  private long sent;

  Principal(TimeSource time, RandomGenerator random, Pacing pacing) {
    this.time = time;
    for (ApiResource resource : ApiResource.values()) {
      gates.put(resource, new RateGate(time, random));
      paces.put(resource, new Pace(pacing.points(resource)));
    }
    this.lanes = new Lanes(pacing.atOnce(), pacing.queriesAtOnce());
  }

  RateGate gate(ApiResource resource) {
    return Objects.requireNonNull(gates.get(resource));
  }

  Lanes lanes() {
    return lanes;
  }

  /** How many requests have left, to share the work among equals. */
  long sent() {
    return sent;
  }

  private Pace pace(ApiResource resource) {
    return Objects.requireNonNull(paces.get(resource));
  }

  /** Why a request may not leave now, or null when it may. */
  @Nullable RateLimitedException refusal(ApiResource resource, int points, long reserve) {
    RateLimitedException refusal = gate(resource).refusal(reserve);
    if (refusal != null) {
      return refusal;
    }
    Duration wait = pace(resource).waitFor(points, time.nanoTime());
    return wait.isZero()
        ? null
        : new RateLimitedException(
            Kind.SECONDARY,
            time.now().plus(wait),
            "the "
                + pace(resource).limit()
                + " points that may be used in a minute are used, and to go on would meet GitHub's"
                + " secondary rate limit"
                + (pace(resource).isSlowed() ? ", as it did before" : "")
                + "; what is stored is kept");
  }

  RateGate.Permit enter(ApiResource resource, int points, long reserve) {
    RateGate.Permit permit = gate(resource).acquire(reserve);
    lanes.enter(resource);
    pace(resource).sent(points, time.nanoTime());
    sent++;
    return permit;
  }

  boolean isFree(ApiResource resource) {
    return lanes.isFree(resource, time.now());
  }

  /** Fewer at once and in a minute, since GitHub asks to slow down. */
  void slowDown(ApiResource resource, Instant until) {
    Instant now = time.now();
    lanes.halve(now, until);
    pace(resource).refused(time.nanoTime(), Duration.between(now, until));
  }
}
