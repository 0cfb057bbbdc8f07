package dev.backfill.github.internal.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.transport.GraphQlError;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a query.
 *
 * @param data what it brought, in part or whole; missing when nothing
 * @param errors what is missing from it, and why
 * @param bytes the size of its text; 0 when there is none
 * @param requestId GitHub's number for the request; may be empty
 * @param at GitHub's time when it was so; null when there is none
 * @param overload why there is no answer at all, when a smaller query may have one; else null
 */
public record GraphQlResponse(
    JsonNode data,
    List<GraphQlError> errors,
    long bytes,
    String requestId,
    @Nullable Instant at,
    @Nullable TransientFailureException overload) {

  /** Copies the list. */
  public GraphQlResponse {
    errors = List.copyOf(errors);
  }

  static GraphQlResponse overloaded(TransientFailureException why) {
    return new GraphQlResponse(MissingNode.getInstance(), List.of(), 0, "", null, why);
  }
}
