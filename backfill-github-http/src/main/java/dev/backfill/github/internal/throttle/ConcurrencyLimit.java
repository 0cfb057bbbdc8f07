package dev.backfill.github.internal.throttle;

import dev.backfill.github.internal.transport.ApiResource;
import java.time.Duration;
import java.time.Instant;

/**
 * The max number of requests of one principal under way: halved after each secondary limit, and one
 * more after each minute without. Used under the pool's lock.
 */
public final class ConcurrencyLimit {

  static final Duration GROWTH_INTERVAL = Duration.ofMinutes(1);

  private final int max;
  private final int maxQueries;
  private int allowed;
  private int inUse;
  private int queries;
  private Instant lastChangeAt = Instant.MIN;
  private Instant oneByOneUntil = Instant.MIN;

  ConcurrencyLimit(int max, int maxQueries) {
    this.max = max;
    this.maxQueries = maxQueries;
    this.allowed = max;
  }

  boolean isFree(ApiResource resource, Instant now) {
    grow(now);
    int max = now.isBefore(oneByOneUntil) ? 1 : maxQueries;
    return inUse < allowed && (resource != ApiResource.GRAPHQL || queries < max);
  }

  /** Allows one query at a time until then, unless that holds for longer already. */
  void oneByOne(Instant until) {
    if (until.isAfter(oneByOneUntil)) {
      oneByOneUntil = until;
    }
  }

  /** Returns the time for which one query at a time is allowed; zero for none. */
  Duration oneByOneFor(Instant now) {
    return now.isBefore(oneByOneUntil) ? Duration.between(now, oneByOneUntil) : Duration.ZERO;
  }

  public int inUse() {
    return inUse;
  }

  public int allowed() {
    return allowed;
  }

  void enter(ApiResource resource) {
    inUse++;
    if (resource == ApiResource.GRAPHQL) {
      queries++;
    }
  }

  public void leave(ApiResource resource) {
    inUse--;
    if (resource == ApiResource.GRAPHQL) {
      queries--;
    }
  }

  /**
   * Halves the max number.
   *
   * @param until the end of the limit: minutes without one are counted from there
   */
  void halve(Instant now, Instant until) {
    grow(now);
    allowed = Math.max(1, allowed / 2);
    lastChangeAt = until;
  }

  private void grow(Instant now) {
    while (allowed < max && !now.isBefore(lastChangeAt.plus(GROWTH_INTERVAL))) {
      allowed++;
      lastChangeAt = lastChangeAt.plus(GROWTH_INTERVAL);
    }
  }
}
