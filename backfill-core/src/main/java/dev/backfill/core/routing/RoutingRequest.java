package dev.backfill.core.routing;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Trigger;
import dev.backfill.api.source.Total;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a router knows of the jobs of a target that are to run.
 *
 * @param target the target
 * @param trigger why they are to run: the most urgent of their triggers
 * @param total how long the longest of their histories is, as far as it is known
 * @param recency how old the data may be that is asked for: the time since the jobs were complete;
 *     null when a history was never complete, so that all of it is asked for
 * @param load how many jobs are due here; 0 or more
 * @param available where jobs can run now; has the host's own processes
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
