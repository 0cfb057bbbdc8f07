package dev.backfill.core.routing;

import dev.backfill.api.job.Placement;

/**
 * Decides where the jobs of a target run.
 *
 * <p><b>Contract.</b> <i>Called by</i> the manager's thread, once for the jobs of a target that are
 * due together; the answer is stored with them. <i>Blocking:</i> no. <i>Throws:</i> the jobs then
 * run where the manager is. <i>Null:</i> never.
 */
@FunctionalInterface
public interface JobRouter {

  /**
   * Decides.
   *
   * @param request what is known of them
   * @return one of the available destinations, and why
   */
  Placement route(RoutingRequest request);
}
