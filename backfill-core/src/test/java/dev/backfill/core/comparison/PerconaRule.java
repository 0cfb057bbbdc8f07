package dev.backfill.core.comparison;

import dev.backfill.api.policy.ChunkSample;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.policy.PolicyInput;
import dev.backfill.api.policy.RateLimitPolicy;
import dev.backfill.core.policy.StandardRateLimitPolicy;

/**
 * The weighted average rate of pt-online-schema-change: sums of rows and seconds that keep three
 * quarters with each chunk, and the rows of the target time at that rate. The target is the time
 * that a chunk may take here, and the bounds are ours.
 */
record PerconaRule(Trace.Bounds bounds, double targetSeconds) implements RateLimitPolicy {

  private static final double WEIGHT = 0.75;

  @Override
  public Decision decide(PolicyInput input) {
    return StandardRateLimitPolicy.ofDefaults().withFixedSize(size(input)).decide(input);
  }

  private int size(PolicyInput input) {
    double rows = 0;
    double seconds = 0;
    for (ChunkSample sample : input.recent()) {
      if (!sample.failed()) {
        rows = rows * WEIGHT + sample.items();
        seconds = seconds * WEIGHT + sample.active().toNanos() / 1e9;
      }
    }
    double size = seconds == 0 ? StartRule.size(bounds, input) : rows / seconds * targetSeconds;
    return (int) Math.max(bounds.smallest(), Math.min(bounds.largest(), size));
  }
}
