package dev.backfill.core.routing;

import dev.backfill.api.job.Placement;

/**
 * A rule that decides where the jobs of a target run.
 *
 * <p><b>Contract.</b> <i>Called by</i> the manager's thread, once for the jobs of a target that are
 * due together; the manager stores the answer with them. <i>Blocking:</i> no. <i>Throws:</i> the
 * jobs then run where the manager runs. <i>Null:</i> never.
 */
@FunctionalInterface
public interface JobRouter {

  /**
   * Decides where jobs run.
   *
   * @param request the facts about the jobs
   * @return one of the available destinations, and the reason
   */
  Placement route(RoutingRequest request);
}
