package dev.backfill.github.internal.throttle;

import dev.backfill.api.quota.Quota;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The quota of several principals together. */
public final class QuotaSum {

  private QuotaSum() {}

  /**
   * Adds up the known quotas. The reset is the earliest one among principals that are not at their
   * limit, since requests of the others do not wait for it.
   *
   * @return the sum, or null if nothing is known
   */
  public static @Nullable Quota of(List<RateGate> gates, Instant now) {
    List<Quota> known = new ArrayList<>();
    for (RateGate gate : gates) {
      Quota quota = gate.quota();
      if (quota != null) {
        known.add(quota);
      }
    }
    if (known.isEmpty()) {
      return null;
    }
    long limit = 0;
    long remaining = 0;
    Instant belowLimit = null;
    Instant any = Instant.MIN;
    for (Quota each : known) {
      long rest = each.remainingAt(now);
      limit += each.limit();
      remaining += rest;
      if (rest < each.limit() && (belowLimit == null || each.resetAt().isBefore(belowLimit))) {
        belowLimit = each.resetAt();
      }
      any = each.resetAt().isAfter(any) ? each.resetAt() : any;
    }
    return new Quota(
        known.get(0).resource(), limit, remaining, belowLimit == null ? any : belowLimit);
  }

  /**
   * Returns the quota left for requests that were not sent yet, of principals with a known quota.
   */
  public static long available(List<RateGate> gates) {
    return gates.stream()
        .filter(gate -> gate.quota() != null)
        .mapToLong(gate -> Math.max(0, gate.available()))
        .sum();
  }
}
