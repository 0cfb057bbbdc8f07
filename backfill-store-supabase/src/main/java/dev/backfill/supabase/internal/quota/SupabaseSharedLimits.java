package dev.backfill.supabase.internal.quota;

import dev.backfill.api.quota.SharedLimit;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.supabase.internal.http.CallKind;
import dev.backfill.supabase.internal.http.JsonValue;
import dev.backfill.supabase.internal.http.RpcClient;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Limits in the table of the JDBC store, by the database's clock. Each call is one request. */
public final class SupabaseSharedLimits implements SharedLimits {

  /** The time by which a clock may seem to be behind, as a statement may have waited. */
  private static final Duration AHEAD = Duration.ofMinutes(1);

  private final RpcClient client;

  /** Creates it. */
  public SupabaseSharedLimits(RpcClient client) {
    this.client = client;
  }

  @Override
  public Map<String, Map<String, SharedLimit>> read(Set<String> principals) {
    if (principals.isEmpty()) {
      return Map.of();
    }
    JsonValue answer =
        client.call(
            "the search for shared limits",
            "backfill_limit_list",
            CallKind.READ,
            json -> json.field("principals", principals));
    Map<String, Map<String, SharedLimit>> found = new HashMap<>();
    for (JsonValue row : answer.get("limits").list(row -> row)) {
      SharedLimit limit = limit(row);
      if (limit != null) {
        found
            .computeIfAbsent(row.get("principal").text(), key -> new HashMap<>())
            .put(row.get("resource").text(), limit);
      }
    }
    return found;
  }

  /** Returns the limit of a row; null if it does not count. */
  private static @Nullable SharedLimit limit(JsonValue row) {
    Instant now = row.get("readAt").instant();
    Duration age = Duration.between(row.get("updatedAt").instant(), now);
    if (age.plus(AHEAD).isNegative() || age.compareTo(MAX) >= 0) {
      return null;
    }
    Long points = row.get("pointsPerMinute").numberOrNull();
    return new SharedLimit(
        remaining(row.get("blockedUntil").instant(), now),
        row.get("reason").text(),
        row.get("refusals").integer(),
        points == null ? null : points.intValue(),
        remaining(row.get("serialUntil").instant(), now),
        age.isNegative() ? Duration.ZERO : age);
  }

  private static Duration remaining(Instant end, Instant now) {
    Duration remaining = Duration.between(now, end);
    return remaining.isNegative() ? Duration.ZERO : bounded(remaining);
  }

  private static Duration bounded(Duration length) {
    return length.compareTo(MAX) > 0 ? MAX : length;
  }

  @Override
  public void limited(String principal, String resource, SharedLimit limit) {
    Integer points = limit.pointsPerMinute();
    client.call(
        "the record of a limit",
        "backfill_limit_record",
        CallKind.WRITE,
        json ->
            json.field("principal", principal)
                .field("resource", resource)
                .field("blockedMillis", bounded(limit.blocked()).toMillis())
                .field("reason", limit.reason())
                .field("refusals", limit.refusals())
                .field("pointsPerMinute", points == null ? null : points.longValue())
                .field("oneByOneMillis", bounded(limit.oneByOne()).toMillis()));
  }

  @Override
  public void recovered(String principal, String resource) {
    client.call(
        "the end of a limit",
        "backfill_limit_recover",
        CallKind.WRITE,
        json -> json.field("principal", principal).field("resource", resource));
  }
}
