package dev.backfill.github.internal.throttle;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.quota.SharedLimit;
import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.transport.ApiResource;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An account that GitHub counts requests for: a gate and a point budget for each resource, and one
 * concurrency limit. Used under the pool's lock, except the gates.
 */
public final class Principal {

  private static final String PRIMARY = "primary rate limit";
  private static final String SECONDARY = "secondary rate limit";

  /** The time with one query at a time after a limit on queries has ended. */
  static final Duration ONE_BY_ONE = Duration.ofMinutes(10);

  private final TimeSource time;
  private final Map<ApiResource, RateGate> gates = new EnumMap<>(ApiResource.class);
  private final Map<ApiResource, PointBudget> pointBudgets = new EnumMap<>(ApiResource.class);
  private final ConcurrencyLimit concurrency;
  private long sent;
  private volatile List<String> keysToRead = List.of();
  private volatile List<String> keysToWrite = List.of();

  public Principal(TimeSource time, RandomGenerator random, ThrottleLimits limits) {
    this.time = time;
    for (ApiResource resource : ApiResource.values()) {
      gates.put(resource, new RateGate(time, random));
      pointBudgets.put(resource, new PointBudget(limits.points(resource)));
    }
    this.concurrency = new ConcurrencyLimit(limits.atOnce(), limits.queriesAtOnce());
  }

  /**
   * Adds keys under which other processes may know it.
   *
   * @param read keys of limits that belong to this principal alone
   * @param write keys that processes with less knowledge of it read, too
   */
  public synchronized void knownAs(List<String> read, List<String> write) {
    keysToRead = joined(keysToRead, read);
    keysToWrite = joined(keysToWrite, write);
  }

  private static List<String> joined(List<String> some, List<String> more) {
    Set<String> all = new LinkedHashSet<>(some);
    all.addAll(more);
    return List.copyOf(all);
  }

  public List<String> keysToRead() {
    return keysToRead;
  }

  public List<String> keysToWrite() {
    return keysToWrite;
  }

  /** Returns the last limit in the form that other processes see. */
  public SharedLimit shared(ApiResource resource) {
    Instant now = time.now();
    RateGate.Block block = gate(resource).block();
    PointBudget budget = pointBudget(resource);
    boolean waits = block != null && block.until().isAfter(now);
    return new SharedLimit(
        waits && block != null ? Duration.between(now, block.until()) : Duration.ZERO,
        block != null && block.kind() == LimitKind.PRIMARY ? PRIMARY : SECONDARY,
        block == null ? 0 : block.refusals(),
        budget.isSlowed() ? budget.limit() : null,
        resource == ApiResource.GRAPHQL ? concurrency.oneByOneFor(now) : Duration.ZERO);
  }

  /** Adopts the limits of other processes for this principal's keys; ignores all other keys. */
  public void adopt(Map<String, Map<String, SharedLimit>> found) {
    for (String key : keysToRead) {
      Map<String, SharedLimit> resources = found.getOrDefault(key, Map.of());
      for (ApiResource resource : ApiResource.values()) {
        SharedLimit limit = resources.get(QuotaHeaders.name(resource));
        if (limit != null) {
          adopt(resource, limit);
        }
      }
    }
  }

  private void adopt(ApiResource resource, SharedLimit limit) {
    Instant now = time.now();
    LimitKind kind = limit.reason().equals(PRIMARY) ? LimitKind.PRIMARY : LimitKind.SECONDARY;
    // Rounded up to seconds, since the time of the store's response may be missing.
    Duration wait = Duration.ofSeconds(limit.blocked().plusNanos(999_999_999).toSeconds());
    gate(resource).adopt(new RateGate.Block(now.plus(wait), kind, limit.refusals()));
    Integer points = limit.pointsPerMinute();
    if (points != null) {
      pointBudget(resource).adopt(points, limit.age(), time.nanoTime());
    }
    if (resource == ApiResource.GRAPHQL) {
      concurrency.oneByOne(now.plus(limit.oneByOne()));
    }
  }

  public RateGate gate(ApiResource resource) {
    return Objects.requireNonNull(gates.get(resource));
  }

  public ConcurrencyLimit concurrency() {
    return concurrency;
  }

  /** Returns the number of requests sent, to distribute the work among equals. */
  public long sent() {
    return sent;
  }

  private PointBudget pointBudget(ApiResource resource) {
    return Objects.requireNonNull(pointBudgets.get(resource));
  }

  /** Returns the reason if a request may not be sent now, or null if it may. */
  public @Nullable RateLimitedException refusal(ApiResource resource, int points, long reserve) {
    RateLimitedException refusal = gate(resource).refusal(reserve);
    if (refusal != null) {
      return refusal;
    }
    Duration wait = pointBudget(resource).waitFor(points, time.nanoTime());
    return wait.isZero()
        ? null
        : RateLimitedException.secondary(
            time.now().plus(wait),
            "The "
                + pointBudget(resource).limit()
                + " points for this minute are used, and more would meet GitHub's secondary rate limit"
                + (pointBudget(resource).isSlowed() ? ", as before" : "")
                + ". Stored items stay.");
  }

  public RateGate.Permit enter(ApiResource resource, int points, long reserve) {
    RateGate.Permit permit = gate(resource).acquire(reserve);
    concurrency.enter(resource);
    pointBudget(resource).sent(points, time.nanoTime());
    sent++;
    return permit;
  }

  public boolean isFree(ApiResource resource) {
    return concurrency.isFree(resource, time.now());
  }

  /**
   * Reduces the number of requests at once, since GitHub asks to slow down; and the points in a
   * minute if their number can be the reason.
   */
  public void slowDown(ApiResource resource, Instant until, boolean aboutUse) {
    Instant now = time.now();
    concurrency.halve(now, until);
    if (resource == ApiResource.GRAPHQL) {
      concurrency.oneByOne(until.plus(ONE_BY_ONE));
    }
    if (aboutUse) {
      pointBudget(resource).refused(time.nanoTime(), Duration.between(now, until));
    }
  }
}
