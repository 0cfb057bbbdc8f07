package dev.backfill.core.routing;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Priority;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One rule of a router: the jobs that it applies to, and their destination. */
public sealed interface RoutingRule {

  /**
   * Returns the destination of the jobs that it applies to.
   *
   * @return the destination
   */
  Destination destination();

  /**
   * Checks if the rule applies to jobs.
   *
   * @param request the facts about the jobs
   * @return the reason, in a few words; empty if it does not apply
   */
  Optional<String> reason(JobRouter.Request request);

  /**
   * A rule for jobs of a min priority.
   *
   * @param min the least urgent priority that it applies to
   * @param destination the destination
   */
  record Urgent(Priority min, Destination destination) implements RoutingRule {
    @Override
    public Optional<String> reason(JobRouter.Request request) {
      Priority priority = request.trigger().priority();
      return when(
          priority.compareTo(min) <= 0,
          () -> "its priority is " + priority.name().toLowerCase(Locale.ROOT));
    }
  }

  /**
   * A rule for jobs whose histories were complete a short time ago, so that little is missing.
   *
   * @param within the max time since then; positive
   * @param destination the destination
   */
  record Recent(Duration within, Destination destination) implements RoutingRule {
    @Override
    public Optional<String> reason(JobRouter.Request request) {
      Duration recency = request.recency();
      return when(
          recency != null && recency.compareTo(within) <= 0,
          () -> "only what is new since the last " + RoutingRule.text(recency) + " is asked for");
    }
  }

  /**
   * A rule for jobs whose histories are long.
   *
   * @param items the number of items that a history must exceed; 0 or more
   * @param destination the destination
   */
  record Larger(long items, Destination destination) implements RoutingRule {
    @Override
    public Optional<String> reason(JobRouter.Request request) {
      return when(
          request.total().isKnown() && request.total().count() > items,
          () ->
              String.format(
                  Locale.ROOT,
                  "its history has %,d items, more than %,d",
                  request.total().count(),
                  items));
    }
  }

  /**
   * A rule for all jobs, while many are due here.
   *
   * @param jobs the number of due jobs that must be exceeded; 0 or more
   * @param destination the destination
   */
  record Busy(int jobs, Destination destination) implements RoutingRule {
    @Override
    public Optional<String> reason(JobRouter.Request request) {
      return when(
          request.load() > jobs,
          () ->
              String.format(
                  Locale.ROOT, "%,d jobs are due here, more than %,d", request.load(), jobs));
    }
  }

  /**
   * A rule for a share of all targets, by a hash of the target that never changes. The same target
   * always gets the same destination, and a larger share only adds targets.
   *
   * @param percent the number of targets in a hundred; from 0 to 100
   * @param destination the destination
   */
  record Share(double percent, Destination destination) implements RoutingRule {

    /**
     * Checks the share.
     *
     * @throws InvalidConfigurationException if it is out of its range
     */
    public Share {
      if (!(percent >= 0 && percent <= 100)) {
        throw new InvalidConfigurationException(
            "The share of " + destination + " is " + percent + "; it must be from 0 to 100.");
      }
    }

    @Override
    public Optional<String> reason(JobRouter.Request request) {
      double position = StableShare.position(request.target());
      return when(
          position < percent,
          () ->
              String.format(
                  Locale.ROOT,
                  "its hash, %.2f, is within the share of %s %%",
                  position,
                  Double.toString(percent).replaceAll("\\.0$", "")));
    }
  }

  private static Optional<String> when(boolean applies, Supplier<String> reason) {
    return applies ? Optional.of(reason.get()) : Optional.empty();
  }

  private static String text(@Nullable Duration duration) {
    return duration == null ? "" : duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
