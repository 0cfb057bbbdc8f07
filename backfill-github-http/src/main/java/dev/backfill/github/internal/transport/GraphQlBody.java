package dev.backfill.github.internal.transport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of a query's response.
 *
 * @param data its data; missing or null if there is none
 * @param errors its errors
 * @param bytes the size of its text
 */
public record GraphQlBody(JsonNode data, List<GraphQlError> errors, long bytes) {

  public static byte[] request(String query, Map<String, ?> variables) {
    try {
      return JsonTrees.JSON.writeValueAsBytes(Map.of("query", query, "variables", variables));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("A query's variables cannot be written.", e);
    }
  }

  /** Parses a response; returns null if it is not a JSON object with data or errors. */
  public static @Nullable GraphQlBody read(RawResponse raw, Credentials credentials) {
    try {
      BodyText text = new BodyText(raw);
      JsonNode root = text.read(JsonTrees.JSON);
      if (!(root.has("data") || root.has("errors"))) {
        return null;
      }
      return new GraphQlBody(
          root.path("data"), GraphQlError.all(root.path("errors"), credentials), text.size());
    } catch (IOException e) {
      return null;
    }
  }

  public boolean isLimited() {
    return errors.stream().anyMatch(GraphQlError::isAboutLimits);
  }

  /** Returns GitHub's charge; at least 1. */
  public long cost() {
    return Math.max(1, data.path("rateLimit").path("cost").asLong(1));
  }
}
