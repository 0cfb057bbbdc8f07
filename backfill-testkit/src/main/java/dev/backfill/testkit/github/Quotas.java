package dev.backfill.testkit.github;

import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;

/** Counts what each token has left, and who asks although it was told to wait. */
final class Quotas {

  /** What a request meets. */
  enum Verdict {
    ADMITTED,
    PRIMARY,
    SECONDARY
  }

  /** A verdict with the headers that go with it, and what to do once the client was told. */
  record Decision(Verdict verdict, Map<String, String> headers, Runnable told) {}

  private static final class Bucket {
    private Instant windowEnd = Instant.MIN;
    private Instant secondaryEnd = Instant.MIN;
    private int used;
    private boolean toldPrimary;
    private boolean toldSecondary;
  }

  private final TimeSource time;
  private final int limit;
  private final Duration window;
  private final Map<String, Bucket> buckets = new HashMap<>();
  private final Queue<Duration> secondary = new ArrayDeque<>();
  private long limited;
  private long violations;

  Quotas(TimeSource time, int limit, Duration window) {
    this.time = time;
    this.limit = limit;
    this.window = window;
  }

  synchronized void limitNext(Duration retryAfter) {
    secondary.add(retryAfter);
  }

  synchronized long limited() {
    return limited;
  }

  synchronized long violations() {
    return violations;
  }

  /** Decides about a request that costs one unit. */
  synchronized Decision admit(String principal) {
    Instant now = time.now();
    Bucket bucket = current(principal, now);
    Duration asked = secondary.poll();
    if (asked != null) {
      bucket.secondaryEnd = now.plus(asked);
      bucket.toldSecondary = false;
    }
    if (now.isBefore(bucket.secondaryEnd)) {
      return limitedSecondary(bucket, now);
    }
    if (bucket.used >= limit) {
      return limitedPrimary(bucket);
    }
    bucket.used++;
    return new Decision(Verdict.ADMITTED, headers(bucket), () -> {});
  }

  /** What a request that costs nothing is told. */
  synchronized Map<String, String> look(String principal) {
    return headers(current(principal, time.now()));
  }

  /** Gives back the unit of a request that turned out to cost nothing. */
  synchronized Map<String, String> refund(String principal) {
    Bucket bucket = current(principal, time.now());
    bucket.used = Math.max(0, bucket.used - 1);
    return headers(bucket);
  }

  private Decision limitedPrimary(Bucket bucket) {
    count(bucket.toldPrimary);
    Instant window = bucket.windowEnd;
    return new Decision(
        Verdict.PRIMARY,
        headers(bucket),
        () -> {
          synchronized (this) {
            bucket.toldPrimary |= bucket.windowEnd.equals(window);
          }
        });
  }

  private Decision limitedSecondary(Bucket bucket, Instant now) {
    count(bucket.toldSecondary);
    Instant end = bucket.secondaryEnd;
    long seconds = Math.max(1, Duration.between(now, end).plusNanos(999_999_999).toSeconds());
    Map<String, String> headers = headers(bucket);
    headers.put("Retry-After", Long.toString(seconds));
    return new Decision(
        Verdict.SECONDARY,
        headers,
        () -> {
          synchronized (this) {
            bucket.toldSecondary |= bucket.secondaryEnd.equals(end);
          }
        });
  }

  private void count(boolean wasTold) {
    limited++;
    if (wasTold) {
      violations++;
    }
  }

  private Bucket current(String principal, Instant now) {
    Bucket bucket = buckets.computeIfAbsent(principal, key -> new Bucket());
    if (!now.isBefore(bucket.windowEnd)) {
      // GitHub tells the end in whole seconds, so the window ends at one.
      Instant end = now.plus(window);
      Instant whole = end.truncatedTo(ChronoUnit.SECONDS);
      bucket.windowEnd = whole.equals(end) ? end : whole.plusSeconds(1);
      bucket.used = 0;
      bucket.toldPrimary = false;
    }
    return bucket;
  }

  private Map<String, String> headers(Bucket bucket) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-RateLimit-Limit", Integer.toString(limit));
    headers.put("X-RateLimit-Remaining", Integer.toString(limit - bucket.used));
    headers.put("X-RateLimit-Used", Integer.toString(bucket.used));
    headers.put("X-RateLimit-Reset", Long.toString(bucket.windowEnd.getEpochSecond()));
    headers.put("X-RateLimit-Resource", "core");
    return headers;
  }
}
