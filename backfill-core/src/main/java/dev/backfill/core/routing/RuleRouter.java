package dev.backfill.core.routing;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Placement;
import java.util.List;
import java.util.Optional;

/**
 * A router that decides by the first rule that applies and whose destination is available.
 *
 * @param rules the rules, in order
 * @param otherwise the destination of jobs to which no rule applies
 */
record RuleRouter(List<JobRouter.Rule> rules, Destination otherwise) implements JobRouter {

  /** Copies the rules. */
  RuleRouter {
    rules = List.copyOf(rules);
  }

  @Override
  public Placement route(Request request) {
    for (Rule rule : rules) {
      Optional<String> reason = rule.reason(request);
      if (reason.isPresent() && request.available().contains(rule.destination())) {
        return new Placement(rule.destination(), reason.get(), false);
      }
    }
    return new Placement(otherwise, "no rule sends it elsewhere", false);
  }
}
