package dev.backfill.core.memory;

import dev.backfill.api.quota.SharedLimit;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Shared limits in memory, by the same contract as a database. */
final class InMemorySharedLimits implements SharedLimits {

  private final TimeSource time;
  private final Map<String, Map<String, Row>> rows = new HashMap<>();

  private record Row(
      Instant blockedUntil,
      String reason,
      int refusals,
      @Nullable Integer pointsPerMinute,
      Instant oneByOneUntil,
      Instant storedAt) {}

  InMemorySharedLimits(TimeSource time) {
    this.time = time;
  }

  @Override
  public synchronized Map<String, Map<String, SharedLimit>> read(Set<String> principals) {
    Instant now = time.now();
    Map<String, Map<String, SharedLimit>> found = new HashMap<>();
    for (String principal : principals) {
      rows.getOrDefault(principal, Map.of())
          .forEach(
              (resource, row) -> {
                if (counts(row, now)) {
                  found
                      .computeIfAbsent(principal, key -> new HashMap<>())
                      .put(resource, stored(row, now));
                }
              });
    }
    return found;
  }

  private static boolean counts(Row row, Instant now) {
    return !row.storedAt().isAfter(now) && row.storedAt().isAfter(now.minus(MAX));
  }

  private static SharedLimit stored(Row row, Instant now) {
    return new SharedLimit(
        remaining(row.blockedUntil(), now),
        row.reason(),
        row.refusals(),
        row.pointsPerMinute(),
        remaining(row.oneByOneUntil(), now),
        Duration.between(row.storedAt(), now));
  }

  private static Duration remaining(Instant until, Instant now) {
    Duration remaining = Duration.between(now, until);
    return remaining.isNegative() ? Duration.ZERO : remaining;
  }

  @Override
  public synchronized void limited(String principal, String resource, SharedLimit limit) {
    Instant now = time.now();
    Map<String, Row> resources = rows.computeIfAbsent(principal, key -> new HashMap<>());
    Row before = resources.get(resource);
    Row known = before != null && counts(before, now) ? before : null;
    boolean waits = known != null && known.blockedUntil().isAfter(now);
    resources.put(
        resource,
        new Row(
            later(known == null ? null : known.blockedUntil(), now.plus(bounded(limit.blocked()))),
            limit.reason(),
            waits && known != null
                ? Math.max(known.refusals(), limit.refusals())
                : limit.refusals(),
            limit.pointsPerMinute() == null && known != null
                ? known.pointsPerMinute()
                : limit.pointsPerMinute(),
            later(
                known == null ? null : known.oneByOneUntil(), now.plus(bounded(limit.oneByOne()))),
            now));
  }

  private static Duration bounded(Duration length) {
    return length.compareTo(MAX) > 0 ? MAX : length;
  }

  private static Instant later(@Nullable Instant one, Instant other) {
    return one != null && one.isAfter(other) ? one : other;
  }

  @Override
  public synchronized void recovered(String principal, String resource) {
    Map<String, Row> resources = rows.getOrDefault(principal, Map.of());
    Row row = resources.get(resource);
    if (row != null) {
      resources.put(
          resource,
          new Row(
              row.blockedUntil(),
              row.reason(),
              0,
              row.pointsPerMinute(),
              row.oneByOneUntil(),
              row.storedAt()));
    }
  }
}
