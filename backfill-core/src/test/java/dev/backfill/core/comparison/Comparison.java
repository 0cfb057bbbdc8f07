package dev.backfill.core.comparison;

import dev.backfill.api.policy.RateLimitPolicy;
import dev.backfill.core.policy.AdaptiveRateLimitPolicy;
import dev.backfill.core.policy.StandardRateLimitPolicy;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a history went under each policy.
 *
 * @param trace the history
 * @param bestSize the fixed size within the bounds that was fastest
 * @param best how it went with that
 * @param outcomes how it went with each policy, by the policy's name
 */
record Comparison(Trace trace, int bestSize, Outcome best, Map<String, Outcome> outcomes) {

  static final String ADAPTIVE = "adaptive";
  static final String FIXED_LARGE = "fixed 50";

  private static final int SIZES = 50;

  static Comparison of(Trace trace) throws InterruptedException {
    Trace.Bounds bounds = trace.bounds();
    int step = Math.max(1, (bounds.largest() - bounds.smallest()) / SIZES);
    int bestSize = 0;
    Outcome best = null;
    for (int size = bounds.largest(); size >= bounds.smallest(); size -= step) {
      Outcome outcome = Outcome.of(trace, fixed(size));
      if (outcome.finished() && (best == null || outcome.seconds() < best.seconds())) {
        best = outcome;
        bestSize = size;
      }
    }
    if (best == null) {
      throw new IllegalStateException("no fixed size reads " + trace.name());
    }
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    for (Map.Entry<String, RateLimitPolicy> each : policies(bounds).entrySet()) {
      outcomes.put(each.getKey(), Outcome.of(trace, each.getValue()));
    }
    return new Comparison(trace, bestSize, best, outcomes);
  }

  private static Map<String, RateLimitPolicy> policies(Trace.Bounds bounds) {
    double seconds = AdaptiveRateLimitPolicy.DEFAULT_MAX_CHUNK.toSeconds();
    Map<String, RateLimitPolicy> policies = new LinkedHashMap<>();
    policies.put("fixed 25", fixed(25));
    policies.put(FIXED_LARGE, fixed(50));
    policies.put("documented", StandardRateLimitPolicy.ofDefaults());
    policies.put("GitLab", new GitLabRule(bounds, seconds));
    policies.put("pt-osc", new PerconaRule(bounds, seconds));
    policies.put(
        ADAPTIVE,
        AdaptiveRateLimitPolicy.ofDefaults().withBounds(bounds.smallest(), bounds.largest()));
    return policies;
  }

  private static RateLimitPolicy fixed(int size) {
    return StandardRateLimitPolicy.ofDefaults().withFixedSize(size);
  }

  Outcome adaptive() {
    return outcomes.get(ADAPTIVE);
  }

  /** How much longer than with the best fixed size, as a share. */
  double excess(Outcome outcome) {
    return outcome.seconds() / best.seconds() - 1;
  }
}
