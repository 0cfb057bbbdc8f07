package dev.backfill.core.routing;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import dev.backfill.api.source.Total;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A rule that decides where the jobs of a target run.
 *
 * <p><b>Contract.</b> <i>Called by</i> the manager's thread, once for the jobs of a target that are
 * due together; the manager stores the answer with them. <i>Blocking:</i> no. <i>Throws:</i> the
 * jobs then run where the manager runs. <i>Null:</i> never.
 */
@FunctionalInterface
public interface JobRouter {

  /** The default share of GitHub Actions, in targets of a hundred. */
  double DEFAULT_SHARE = 25;

  /** The default size of a history, in items, above which it goes to GitHub Actions. */
  long DEFAULT_LARGE = 50_000;

  /** The default time for which jobs that were complete stay local. */
  Duration DEFAULT_RECENT = Duration.ofDays(1);

  /**
   * Creates a router that decides by the first rule that applies and whose destination is
   * available.
   *
   * @param rules the rules, in order
   * @param otherwise the destination of jobs to which no rule applies
   * @return the router
   */
  static JobRouter rules(List<Rule> rules, Destination otherwise) {
    return new RuleRouter(rules, otherwise);
  }

  /**
   * Creates a router with the standard rules. A user's requests stay local, since they begin at
   * once there; so do jobs that were complete within a day. Histories of more than 50,000 items,
   * and a share of the other targets, go to GitHub Actions.
   *
   * @param sharePercent the number of targets in a hundred that go to GitHub Actions; from 0 to
   *     100. With 0 nothing goes there
   * @return the router
   * @throws InvalidConfigurationException if the share is out of range
   */
  static JobRouter standard(double sharePercent) {
    Rule share = new Rule.Share(sharePercent, Destination.GITHUB_ACTIONS);
    return rules(
        sharePercent == 0
            ? List.of()
            : List.of(
                new Rule.Urgent(Priority.MANUAL, Destination.LOCAL),
                new Rule.Recent(DEFAULT_RECENT, Destination.LOCAL),
                new Rule.Larger(DEFAULT_LARGE, Destination.GITHUB_ACTIONS),
                share),
        Destination.LOCAL);
  }

  /**
   * Decides where jobs run.
   *
   * @param request the facts about the jobs
   * @return one of the available destinations, and the reason
   */
  Placement route(Request request);

  /**
   * The facts by which a router places the due jobs of a target.
   *
   * @param target the target
   * @param priority the priority of the most urgent of the jobs
   * @param total the number of items of the longest of their histories, as far as known
   * @param recency the time since the jobs were complete, for which data is missing; null if a
   *     history was never complete, so that all of it is missing
   * @param load the number of jobs that are due here; 0 or more
   * @param available the destinations where jobs can run now; contains the host's own processes
   */
  record Request(
      String target,
      Priority priority,
      Total total,
      @Nullable Duration recency,
      int load,
      Set<Destination> available) {

    /** Copies the set. */
    public Request {
      available = Set.copyOf(available);
    }
  }

  /** One rule of a router: the jobs that it applies to, and their destination. */
  sealed interface Rule {

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
    Optional<String> reason(Request request);

    /**
     * A rule for jobs of a min priority.
     *
     * @param min the least urgent priority that it applies to
     * @param destination the destination
     */
    record Urgent(Priority min, Destination destination) implements Rule {
      @Override
      public Optional<String> reason(Request request) {
        Priority priority = request.priority();
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
    record Recent(Duration within, Destination destination) implements Rule {
      @Override
      public Optional<String> reason(Request request) {
        Duration recency = request.recency();
        return when(
            recency != null && recency.compareTo(within) <= 0,
            () -> "only what is new since the last " + text(recency) + " is asked for");
      }
    }

    /**
     * A rule for jobs whose histories are long.
     *
     * @param items the number of items that a history must exceed; 0 or more
     * @param destination the destination
     */
    record Larger(long items, Destination destination) implements Rule {
      @Override
      public Optional<String> reason(Request request) {
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
    record Busy(int jobs, Destination destination) implements Rule {
      @Override
      public Optional<String> reason(Request request) {
        return when(
            request.load() > jobs,
            () ->
                String.format(
                    Locale.ROOT, "%,d jobs are due here, more than %,d", request.load(), jobs));
      }
    }

    /**
     * A rule for a share of all targets, by a hash of the target that never changes. The same
     * target always gets the same destination, and a larger share only adds targets.
     *
     * @param percent the number of targets in a hundred; from 0 to 100
     * @param destination the destination
     */
    record Share(double percent, Destination destination) implements Rule {

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
      public Optional<String> reason(Request request) {
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
}
