package dev.backfill.testkit.github;

import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The quotas of all principals, and the number of requests during announced waits. */
final class Quotas {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** The decisions about a request. */
  enum Verdict {
    ADMITTED,
    PRIMARY,
    SECONDARY
  }

  /** The forms in which limits are reported. */
  enum Mode {
    NORMAL,
    /** Nothing is limited, and there are no headers. */
    SILENT,
    /** Nothing is limited, and the headers contain 0 of 0. */
    ZERO
  }

  /**
   * The number of units in a window.
   *
   * @param limit units in a window
   * @param window the length of a window
   */
  record Allowance(int limit, Duration window) {}

  /**
   * A verdict with its headers and the action that follows the answer.
   *
   * @param status of the answer, if the request is limited
   */
  record Decision(Verdict verdict, int status, Map<String, String> headers, Runnable onDelivered) {}

  /**
   * A max number of points in any minute, beside the quota.
   *
   * @param points of all requests that were answered; each counts 1
   * @param limit the limit that a further request meets
   */
  record Rate(int points, Limit limit) {}

  private record Key(String principal, QuotaResource resource) {}

  private static final class Bucket {
    private final QuotaResource resource;
    private final Allowance allowance;
    private Instant windowEnd = Instant.MIN;
    private Instant secondaryEnd = Instant.MIN;
    private Limit secondary = Limit.of(Duration.ofMinutes(1));
    private int used;
    private boolean primaryDelivered;
    private boolean secondaryDelivered;
    private final Deque<Instant> lastMinute = new ArrayDeque<>();

    private Bucket(QuotaResource resource, Allowance allowance) {
      this.resource = resource;
      this.allowance = allowance;
    }
  }

  private final TimeSource time;
  private final Map<QuotaResource, Allowance> allowances;
  private final Mode mode;
  private final Map<QuotaResource, Rate> rates;
  private final Map<Key, Bucket> buckets = new HashMap<>();
  private final Map<QuotaResource, Long> spent = new EnumMap<>(QuotaResource.class);
  private final List<Limit> secondary = new LinkedList<>();
  private long limited;
  private long violations;

  Quotas(
      TimeSource time,
      Map<QuotaResource, Allowance> allowances,
      Mode mode,
      Map<QuotaResource, Rate> rates) {
    this.rates = Map.copyOf(rates);
    this.time = time;
    this.allowances = new EnumMap<>(allowances);
    this.mode = mode;
  }

  Mode mode() {
    return mode;
  }

  synchronized void limitNext(Limit limit) {
    secondary.add(limit);
  }

  synchronized long limited() {
    return limited;
  }

  synchronized long violations() {
    return violations;
  }

  /** Returns the units that all requests together were charged. */
  synchronized long spent(QuotaResource resource) {
    return spent.getOrDefault(resource, 0L);
  }

  /**
   * Decides about a request.
   *
   * @param concurrencyLimit the limit for too many concurrent requests; null without one
   */
  synchronized Decision admit(
      String principal, QuotaResource resource, int cost, @Nullable Limit concurrencyLimit) {
    Instant now = time.now();
    Bucket bucket = current(principal, resource, now);
    Limit requested = concurrencyLimit == null ? nextLimit(resource) : concurrencyLimit;
    if (requested == null && !now.isBefore(bucket.secondaryEnd)) {
      requested = tooFast(bucket, now);
    }
    if (requested != null) {
      bucket.secondaryEnd = now.plus(requested.duration());
      bucket.secondary = requested;
      bucket.secondaryDelivered = false;
    }
    if (now.isBefore(bucket.secondaryEnd)) {
      return limitedSecondary(bucket, now);
    }
    if (mode == Mode.NORMAL && bucket.used >= bucket.allowance.limit()) {
      return limitedPrimary(bucket);
    }
    bucket.lastMinute.addLast(now);
    bucket.used = Math.min(bucket.used + cost, bucket.allowance.limit());
    spent.merge(resource, (long) cost, Long::sum);
    return new Decision(Verdict.ADMITTED, 200, headers(bucket), () -> {});
  }

  /** Returns the limit for too many requests in the last minute; null if there are not. */
  private @Nullable Limit tooFast(Bucket bucket, Instant now) {
    Instant begin = now.minus(MINUTE);
    while (!bucket.lastMinute.isEmpty() && !bucket.lastMinute.getFirst().isAfter(begin)) {
      bucket.lastMinute.removeFirst();
    }
    Rate rate = rates.get(bucket.resource);
    return rate != null && bucket.lastMinute.size() >= rate.points() ? rate.limit() : null;
  }

  /** Returns the headers for a request that costs nothing. */
  synchronized Map<String, String> look(String principal, QuotaResource resource) {
    return headers(current(principal, resource, time.now()));
  }

  /** Refunds the unit of a request that turned out to cost nothing. */
  synchronized Map<String, String> refund(String principal, QuotaResource resource) {
    Bucket bucket = current(principal, resource, time.now());
    bucket.used = Math.max(0, bucket.used - 1);
    spent.merge(resource, -1L, Long::sum);
    return headers(bucket);
  }

  private @Nullable Limit nextLimit(QuotaResource resource) {
    for (Iterator<Limit> all = secondary.iterator(); all.hasNext(); ) {
      Limit limit = all.next();
      if (limit.resource() == null || limit.resource() == resource) {
        all.remove();
        return limit;
      }
    }
    return null;
  }

  private Decision limitedPrimary(Bucket bucket) {
    count(bucket.primaryDelivered);
    Instant window = bucket.windowEnd;
    return new Decision(
        Verdict.PRIMARY,
        bucket.resource == QuotaResource.GRAPHQL ? 200 : 403,
        headers(bucket),
        () -> {
          synchronized (this) {
            bucket.primaryDelivered |= bucket.windowEnd.equals(window);
          }
        });
  }

  private Decision limitedSecondary(Bucket bucket, Instant now) {
    count(bucket.secondaryDelivered);
    Instant end = bucket.secondaryEnd;
    Map<String, String> headers = headers(bucket);
    switch (bucket.secondary.retryAfter()) {
      case SECONDS -> {
        long remaining = Duration.between(now, end).plusNanos(999_999_999).toSeconds();
        headers.put("Retry-After", Long.toString(Math.max(1, remaining)));
      }
      case DATE -> headers.put("Retry-After", HttpDate.text(wholeSecond(end)));
      case ABSENT -> {}
    }
    return new Decision(
        Verdict.SECONDARY,
        bucket.secondary.status(),
        headers,
        () -> {
          synchronized (this) {
            bucket.secondaryDelivered |= bucket.secondaryEnd.equals(end);
          }
        });
  }

  private void count(boolean delivered) {
    limited++;
    if (delivered) {
      violations++;
    }
  }

  private Bucket current(String principal, QuotaResource resource, Instant now) {
    Bucket bucket =
        buckets.computeIfAbsent(
            new Key(principal, resource),
            key ->
                new Bucket(
                    resource,
                    allowances.getOrDefault(resource, new Allowance(5_000, Duration.ofHours(1)))));
    if (!now.isBefore(bucket.windowEnd)) {
      // GitHub reports the end in whole seconds, so the window ends at one.
      bucket.windowEnd = wholeSecond(now.plus(bucket.allowance.window()));
      bucket.used = 0;
      bucket.primaryDelivered = false;
    }
    return bucket;
  }

  private static Instant wholeSecond(Instant end) {
    Instant whole = end.truncatedTo(ChronoUnit.SECONDS);
    return whole.equals(end) ? end : whole.plusSeconds(1);
  }

  private Map<String, String> headers(Bucket bucket) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (mode == Mode.SILENT) {
      return headers;
    }
    int limit = mode == Mode.ZERO ? 0 : bucket.allowance.limit();
    int used = mode == Mode.ZERO ? 0 : bucket.used;
    headers.put("X-RateLimit-Limit", Integer.toString(limit));
    headers.put("X-RateLimit-Remaining", Integer.toString(limit - used));
    headers.put("X-RateLimit-Used", Integer.toString(used));
    headers.put("X-RateLimit-Reset", Long.toString(bucket.windowEnd.getEpochSecond()));
    headers.put("X-RateLimit-Resource", bucket.resource.header());
    return headers;
  }
}
