package dev.backfill.core.routing;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Priority;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One rule of a router: for which jobs it is, and where they go. */
public sealed interface RoutingRule {

  /**
   * Where the jobs go that it is for.
   *
   * @return the destination
   */
  Destination destination();

  /**
   * Whether it is for these jobs.
   *
   * @param request what is known of them
   * @return why, in a few words; empty when it is not
   */
  Optional<String> reason(RoutingRequest request);

  /**
   * Jobs that are at least so urgent.
   *
   * @param min the least urgent of them
   * @param destination where they go
   */
  record Urgent(Priority min, Destination destination) implements RoutingRule {
    @Override
    public Optional<String> reason(RoutingRequest request) {
      Priority priority = request.trigger().priority();
      return when(
          priority.compareTo(min) <= 0,
          () -> "its priority is " + priority.name().toLowerCase(Locale.ROOT));
    }
  }

  /**
   * Jobs whose histories were complete a short time ago, so that little is asked for.
   *
   * @param within how long ago; positive
   * @param destination where they go
   */
  record Recent(Duration within, Destination destination) implements RoutingRule {
    @Override
    public Optional<String> reason(RoutingRequest request) {
      Duration recency = request.recency();
      return when(
          recency != null && recency.compareTo(within) <= 0,
          () -> "only what is new since the last " + RoutingRule.text(recency) + " is asked for");
    }
  }

  /**
   * Jobs whose histories are long.
   *
   * @param items more items than this; 0 or more
   * @param destination where they go
   */
  record Larger(long items, Destination destination) implements RoutingRule {
    @Override
    public Optional<String> reason(RoutingRequest request) {
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
   * All jobs, while much is to do here.
   *
   * @param jobs while more jobs than this are due; 0 or more
   * @param destination where they go
   */
  record Busy(int jobs, Destination destination) implements RoutingRule {
    @Override
    public Optional<String> reason(RoutingRequest request) {
      return when(
          request.load() > jobs,
          () ->
              String.format(
                  Locale.ROOT, "%,d jobs are due here, more than %,d", request.load(), jobs));
    }
  }

  /**
   * A share of all targets, by a hash of the target that never changes: the same target always goes
   * the same way, and a larger share only adds targets.
   *
   * @param percent how many of a hundred targets; from 0 to 100
   * @param destination where they go
   */
  record Share(double percent, Destination destination) implements RoutingRule {

    /**
     * Checks the share.
     *
     * @throws InvalidConfigurationException when it is out of its range
     */
    public Share {
      if (!(percent >= 0 && percent <= 100)) {
        throw new InvalidConfigurationException(
            "The share of " + destination + " is " + percent + "; it must be from 0 to 100.");
      }
    }

    @Override
    public Optional<String> reason(RoutingRequest request) {
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
