package dev.backfill.api.policy;

/**
 * A rule that decides before each chunk how large it is, or that the engine has to wait. The policy
 * decides; the source enforces: it sends no request that would take the quota below {@link
 * Decision.Proceed#reserve()}.
 *
 * <p><b>Contract.</b> <i>Called by</i> the engine, once a chunk, from the thread that runs the
 * slice; a policy shared by several engines is called concurrently. <i>Blocking:</i> no; the
 * decision is a computation. <i>Pure:</i> the same input gives the same decision, so that a stored
 * decision can be explained. <i>Throws:</i> an exception ends the slice as failed; nothing is lost.
 * <i>Null:</i> never.
 */
@FunctionalInterface
public interface RateLimitPolicy {

  /**
   * Decides on the next chunk.
   *
   * @param input the facts that are known now
   * @return the size of the next chunk, or a wait
   */
  Decision decide(PolicyInput input);
}
