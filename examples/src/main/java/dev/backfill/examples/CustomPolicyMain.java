package dev.backfill.examples;

import dev.backfill.api.policy.Decision;
import dev.backfill.api.policy.PolicyInput;
import dev.backfill.api.policy.RateLimitPolicy;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.examples.support.ProgressLines;
import java.util.Locale;

/**
 * A custom policy: small chunks while there is little quota, and a pause until the next window
 * before the quota is used up.
 */
public final class CustomPolicyMain {

  private CustomPolicyMain() {}

  /**
   * Runs the example.
   *
   * @param args none
   * @throws Exception if it fails
   */
  public static void main(String[] args) throws Exception {
    try (BackfillEngine engine =
        BackfillEngine.builder(new InMemoryStore().progress())
            .policy(new CarefulPolicy())
            .listener(new ProgressLines(System.out))
            .build()) {
      BackfillSpec<String> job =
          new BackfillSpec<>(
              CustomSourceMain.letters(),
              "attic",
              (letters, transaction) -> {
                System.out.printf("a chunk of %d%n", letters.size());
                return new SinkCounts(letters.size(), 0);
              });
      System.out.println(engine.runSlice(job, SliceLimits.UNLIMITED).counts());
    }
  }

  /**
   * A policy that leaves a third of each window to others. Without state, so any number of engines
   * share it.
   */
  static final class CarefulPolicy implements RateLimitPolicy {

    private static final int DEFAULT = 50;
    private static final int SMALL = 10;

    @Override
    public Decision decide(PolicyInput input) {
      Quota quota = input.quota();
      if (quota == null) {
        return new Decision.Proceed(SMALL, 0, "nothing is known of the quota");
      }
      long others = quota.limit() / 3;
      if (quota.remaining() <= others) {
        return new Decision.Wait(quota.resetAt(), others + " units are left to others");
      }
      int size = quota.remaining() < 2 * others ? SMALL : DEFAULT;
      return new Decision.Proceed(
          size, others, String.format(Locale.ROOT, "%d units are left", quota.remaining()));
    }
  }
}
