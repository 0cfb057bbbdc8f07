package dev.backfill.github.internal.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.transport.GraphQlError;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a query.
 *
 * @param data its data, in part or whole; missing if there is none
 * @param errors the missing parts, with reasons
 * @param bytes the size of its text; 0 if there is none
 * @param requestId GitHub's number for the request; may be empty
 * @param at GitHub's time of the response; null if there is none
 * @param overload the failure, if there is no response but a smaller query may get one; else null
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
