package dev.backfill.core.routing;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Trigger;
import dev.backfill.api.source.Total;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
public record RoutingRequest(
    String target,
    Trigger trigger,
    Total total,
    @Nullable Duration recency,
    int load,
    Set<Destination> available) {

  /** Copies the set. */
  public RoutingRequest {
    available = Set.copyOf(available);
  }
}
