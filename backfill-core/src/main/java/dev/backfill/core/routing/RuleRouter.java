package dev.backfill.core.routing;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Decides by the first rule that is for the jobs and whose destination is available.
 *
 * @param rules the rules, in order
 * @param otherwise where jobs go that no rule is for
 */
public record RuleRouter(List<RoutingRule> rules, Destination otherwise) implements JobRouter {

  /** The share of GitHub Actions unless stated, of a hundred targets. */
  public static final double DEFAULT_SHARE = 25;

  /** Histories of more items than this go to GitHub Actions unless stated. */
  public static final long DEFAULT_LARGE = 50_000;

  /** What was complete within this time stays local unless stated. */
  public static final Duration DEFAULT_RECENT = Duration.ofDays(1);

  /** Copies the rules. */
  public RuleRouter {
    rules = List.copyOf(rules);
  }

  /**
   * The standard rules: what a person asked for stays local, since that begins at once; so does
   * what was complete within a day; histories of more than 50,000 items, and a share of the other
   * targets, go to GitHub Actions.
   *
   * @param sharePercent how many of a hundred targets go to GitHub Actions; from 0 to 100. With 0
   *     nothing goes there
   * @return the router
   * @throws dev.backfill.api.failure.InvalidConfigurationException when the share is out of range
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
  public Placement route(RoutingRequest request) {
    for (RoutingRule rule : rules) {
      Optional<String> reason = rule.reason(request);
      if (reason.isPresent() && request.available().contains(rule.destination())) {
        return new Placement(rule.destination(), reason.get(), false);
      }
    }
    return new Placement(otherwise, "no rule sends it elsewhere", false);
  }
}
