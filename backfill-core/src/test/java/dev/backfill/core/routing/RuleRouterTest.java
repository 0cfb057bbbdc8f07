package dev.backfill.core.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import dev.backfill.api.source.Total;
import dev.backfill.core.routing.JobRouter.Rule;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RuleRouterTest {

  private static final int TARGETS = 10_000;
  private static final Set<Destination> BOTH =
      Set.of(Destination.LOCAL, Destination.GITHUB_ACTIONS);

  private static JobRouter.Request request(
      String target, Priority priority, Total total, @Nullable Duration recency) {
    return new JobRouter.Request(target, priority, total, recency, 0, BOTH);
  }

  private static JobRouter.Request tracked(int i) {
    return request("owner-" + i % 97 + "/name-" + i, Priority.TRACKED, Total.UNKNOWN, null);
  }

  private static Set<Integer> sent(double percent) {
    JobRouter router = JobRouter.standard(percent);
    Set<Integer> sent = new HashSet<>();
    for (int i = 0; i < TARGETS; i++) {
      if (router.route(tracked(i)).destination().equals(Destination.GITHUB_ACTIONS)) {
        sent.add(i);
      }
    }
    return sent;
  }

  @Test
  void theShareIsWithinOnePercentOverTenThousandTargets() {
    for (int percent : new int[] {5, 25, 50, 75}) {
      assertThat(100.0 * sent(percent).size() / TARGETS).isCloseTo(percent, within(1.0));
    }
  }

  @Tag("property")
  @Test
  void aRolloutFromNothingToAllOnlyAdds() {
    List<Set<Integer>> steps =
        IntStream.rangeClosed(0, 20).mapToObj(step -> sent(5 * step)).toList();
    assertThat(steps.get(0)).isEmpty();
    assertThat(steps.get(20)).hasSize(TARGETS);
    for (int i = 1; i < steps.size(); i++) {
      assertThat(steps.get(i)).containsAll(steps.get(i - 1));
    }
  }

  @Test
  void theSameTargetAlwaysGoesTheSameWayInWhateverSpelling() {
    Rule share = new Rule.Share(25, Destination.GITHUB_ACTIONS);
    for (int i = 0; i < 500; i++) {
      JobRouter.Request one = tracked(i);
      JobRouter.Request shouted =
          request(one.target().toUpperCase(Locale.ROOT), Priority.SCHEDULED, Total.UNKNOWN, null);
      assertThat(share.reason(shouted).isPresent()).isEqualTo(share.reason(one).isPresent());
    }
  }

  @Test
  void theHashNeverChangesFromReleaseToRelease() {
    // Another value would send half of all targets another way.
    assertThat(StableShare.position("apache/kafka")).isCloseTo(33.70, within(0.005));
  }

  @Test
  void theStandardRulesNameTheReason() {
    JobRouter router = JobRouter.standard(100);
    Placement requested = router.route(request("a/b", Priority.MANUAL, Total.exact(60_000), null));
    assertThat(requested.destination()).isEqualTo(Destination.LOCAL);
    assertThat(requested.reason()).isEqualTo("its priority is manual");
    Placement recent =
        router.route(request("a/b", Priority.SCHEDULED, Total.exact(10), Duration.ofHours(2)));
    assertThat(recent.destination()).isEqualTo(Destination.LOCAL);
    assertThat(recent.reason()).isEqualTo("only what is new since the last 2h is asked for");
    Placement large =
        JobRouter.standard(0.001)
            .route(request("a/b", Priority.TRACKED, Total.estimate(60_000), null));
    assertThat(large.destination()).isEqualTo(Destination.GITHUB_ACTIONS);
    assertThat(large.reason()).isEqualTo("its history has 60,000 items, more than 50,000");
    Placement shared = router.route(request("a/b", Priority.TRACKED, Total.exact(10), null));
    assertThat(shared.reason()).matches("its hash, \\d+\\.\\d\\d, is within the share of 100 %");
    Placement none = JobRouter.standard(0).route(tracked(1));
    assertThat(none.reason()).isEqualTo("no rule sends it elsewhere");
  }

  @Test
  void aRuleWhoseDestinationIsSwitchedOffIsPassedOver() {
    JobRouter.Request request =
        new JobRouter.Request(
            "a/b", Priority.TRACKED, Total.UNKNOWN, null, 0, Set.of(Destination.LOCAL));
    assertThat(JobRouter.standard(100).route(request).destination()).isEqualTo(Destination.LOCAL);
  }

  @Test
  void rulesAreData() {
    JobRouter router =
        JobRouter.rules(List.of(new Rule.Busy(3, Destination.GITHUB_ACTIONS)), Destination.LOCAL);
    JobRouter.Request busy =
        new JobRouter.Request("a/b", Priority.TRACKED, Total.UNKNOWN, null, 4, BOTH);
    assertThat(router.route(busy).reason()).isEqualTo("4 jobs are due here, more than 3");
    assertThat(router.route(tracked(1)).destination()).isEqualTo(Destination.LOCAL);
  }

  private static boolean applies(Rule rule, JobRouter.Request request) {
    return rule.reason(request).isPresent();
  }

  @Test
  void rulesHoldUpToTheirBounds() {
    Rule urgent = new Rule.Urgent(Priority.TRACKED, Destination.LOCAL);
    assertThat(applies(urgent, tracked(1))).isTrue();
    assertThat(applies(urgent, request("a/b", Priority.DETECTED, Total.UNKNOWN, null))).isFalse();
    Duration day = Duration.ofDays(1);
    Rule recent = new Rule.Recent(day, Destination.LOCAL);
    assertThat(applies(recent, request("a/b", Priority.MANUAL, Total.UNKNOWN, day))).isTrue();
    assertThat(applies(recent, request("a/b", Priority.MANUAL, Total.UNKNOWN, day.plusSeconds(1))))
        .isFalse();
    Rule larger = new Rule.Larger(10, Destination.LOCAL);
    assertThat(applies(larger, request("a/b", Priority.MANUAL, Total.exact(10), null))).isFalse();
    assertThat(applies(larger, request("a/b", Priority.MANUAL, Total.exact(11), null))).isTrue();
    Rule busy = new Rule.Busy(0, Destination.LOCAL);
    assertThat(applies(busy, tracked(1))).isFalse();
  }

  @Test
  void aShareOfNothingAndOfAllAreShares() {
    assertThat(applies(new Rule.Share(0, Destination.LOCAL), tracked(1))).isFalse();
    assertThat(applies(new Rule.Share(100, Destination.LOCAL), tracked(1))).isTrue();
    double own = StableShare.position(tracked(1).target());
    assertThat(applies(new Rule.Share(own, Destination.LOCAL), tracked(1)))
        .as("a target at the very end of a share is the first beyond it")
        .isFalse();
    Rule part = new Rule.Share(99.5, Destination.LOCAL);
    assertThat(part.reason(tracked(1)).orElseThrow()).endsWith(" is within the share of 99.5 %");
    assertThatThrownBy(() -> new Rule.Share(-1, Destination.LOCAL))
        .isInstanceOf(InvalidConfigurationException.class);
  }

  @Test
  void aShareOutOfRangeIsRefused() {
    assertThatThrownBy(() -> JobRouter.standard(101))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessage("The share of github-actions is 101.0; it must be from 0 to 100.");
  }
}
