package dev.backfill.core.comparison;

import dev.backfill.api.policy.ChunkSample;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.policy.PolicyInput;
import dev.backfill.api.policy.RateLimitPolicy;
import dev.backfill.core.policy.StandardRateLimitPolicy;
import java.util.List;

/**
 * The optimizer of GitLab's batched background migrations: once 20 jobs have succeeded, their
 * weighted mean of time over interval is to be from 0.90 to 0.95; else the size is multiplied by
 * 0.95 over that mean, by at most 1.2. The interval is the time that a chunk may take here, and the
 * bounds are ours.
 */
record GitLabRule(Trace.Bounds bounds, double intervalSeconds) implements RateLimitPolicy {

  private static final int JOBS = 20;
  private static final double SMOOTHING = 0.4;

  @Override
  public Decision decide(PolicyInput input) {
    return StandardRateLimitPolicy.ofDefaults().withFixedSize(size(input)).decide(input);
  }

  private int size(PolicyInput input) {
    List<ChunkSample> jobs = input.recent().stream().filter(sample -> !sample.failed()).toList();
    int now =
        jobs.isEmpty() ? StartRule.size(bounds, input) : jobs.get(jobs.size() - 1).requested();
    if (jobs.size() < JOBS) {
      return now;
    }
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < JOBS; i++) {
      double weight = Math.pow(1 - SMOOTHING, i);
      sum += weight * jobs.get(jobs.size() - 1 - i).active().toNanos() / 1e9 / intervalSeconds;
      weights += weight;
    }
    double efficiency = sum / weights;
    if (efficiency >= 0.9 && efficiency <= 0.95) {
      return now;
    }
    double multiplier = efficiency == 0 ? 1.2 : Math.min(0.95 / efficiency, 1.2);
    return Math.max(bounds.smallest(), Math.min(bounds.largest(), (int) (now * multiplier)));
  }
}
