package dev.backfill.core.routing;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A router that decides by the first rule that applies and whose destination is available.
 *
 * @param rules the rules, in order
 * @param otherwise the destination of jobs to which no rule applies
 */
public record RuleRouter(List<RoutingRule> rules, Destination otherwise) implements JobRouter {

  /** The default share of GitHub Actions, in targets of a hundred. */
  public static final double DEFAULT_SHARE = 25;

  /** The default size of a history, in items, above which it goes to GitHub Actions. */
  public static final long DEFAULT_LARGE = 50_000;

  /** The default time for which jobs that were complete stay local. */
  public static final Duration DEFAULT_RECENT = Duration.ofDays(1);

  /** Copies the rules. */
  public RuleRouter {
    rules = List.copyOf(rules);
  }

  /**
   * Creates a router with the standard rules. A user's requests stay local, since they begin at
   * once there; so do jobs that were complete within a day. Histories of more than 50,000 items,
   * and a share of the other targets, go to GitHub Actions.
   *
   * @param sharePercent the number of targets in a hundred that go to GitHub Actions; from 0 to
   *     100. With 0 nothing goes there
   * @return the router
   * @throws dev.backfill.api.failure.InvalidConfigurationException if the share is out of range
   */
  public static RuleRouter standard(double sharePercent) {
    RoutingRule share = new RoutingRule.Share(sharePercent, Destination.GITHUB_ACTIONS);
    return new RuleRouter(
        sharePercent == 0
            ? List.of()
            : List.of(
                new RoutingRule.Urgent(Priority.MANUAL, Destination.LOCAL),
                new RoutingRule.Recent(DEFAULT_RECENT, Destination.LOCAL),
                new RoutingRule.Larger(DEFAULT_LARGE, Destination.GITHUB_ACTIONS),
                share),
        Destination.LOCAL);
  }

  @Override
  public Placement route(JobRouter.Request request) {
    for (RoutingRule rule : rules) {
      Optional<String> reason = rule.reason(request);
      if (reason.isPresent() && request.available().contains(rule.destination())) {
        return new Placement(rule.destination(), reason.get(), false);
      }
    }
    return new Placement(otherwise, "no rule sends it elsewhere", false);
  }
}
