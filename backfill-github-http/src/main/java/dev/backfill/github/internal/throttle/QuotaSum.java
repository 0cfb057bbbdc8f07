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
   * Adds up what is known. Who is at their limit waits for no reset, so the earliest of the others
   * is told.
   *
   * @return the sum, or null when nothing is known
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

  /** What is left for requests that have not left yet, of those who have said so. */
  public static long available(List<RateGate> gates) {
    return gates.stream()
        .filter(gate -> gate.quota() != null)
        .mapToLong(gate -> Math.max(0, gate.available()))
        .sum();
  }
}
