package dev.backfill.core.comparison;

import dev.backfill.api.policy.Decision;
import dev.backfill.api.policy.PolicyInput;
import dev.backfill.core.policy.StandardRateLimitPolicy;

/** Where every rule begins: with the documented size. */
final class StartRule {

  private StartRule() {}

  static int size(Trace.Bounds bounds, PolicyInput input) {
    Decision decision = StandardRateLimitPolicy.ofDefaults().decide(input);
    int documented =
        decision instanceof Decision.Proceed proceed
            ? proceed.chunkSize()
            : StandardRateLimitPolicy.SMALL_CHUNK;
    return Math.max(bounds.smallest(), Math.min(bounds.largest(), documented));
  }
}
