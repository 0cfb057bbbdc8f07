package dev.backfill.core.routing;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Trigger;
import dev.backfill.api.source.Total;
import java.time.Duration;
import java.util.Set;
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
   * @param trigger the most urgent trigger of the jobs
   * @param total the number of items of the longest of their histories, as far as known
   * @param recency the time since the jobs were complete, for which data is missing; null if a
   *     history was never complete, so that all of it is missing
   * @param load the number of jobs that are due here; 0 or more
   * @param available the destinations where jobs can run now; contains the host's own processes
   */
  public record Request(
      String target,
      Trigger trigger,
      Total total,
      @Nullable Duration recency,
      int load,
      Set<Destination> available) {

    /** Copies the set. */
    public Request {
      available = Set.copyOf(available);
    }
  }
}
