package dev.backfill.github.internal.transport;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the errors beside the data of a GraphQL response.
 *
 * @param type GitHub's type, such as {@code NOT_FOUND}; empty if there is none
 * @param code the code of the server's query parser, such as {@code undefinedField}; empty unless
 *     the parser has refused the query
 * @param message its message, without secrets, on one line
 * @param path the affected part of the data: names and indexes; empty for all of it
 * @see <a
 *     href="https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api">GitHub:
 *     limits of the GraphQL API</a>
 */
public record GraphQlError(String type, String code, String message, List<String> path) {

  /** Copies the list. */
  public GraphQlError {
    path = List.copyOf(path);
  }

  static List<GraphQlError> all(JsonNode errors, Credentials credentials) {
    List<GraphQlError> all = new ArrayList<>();
    for (JsonNode error : errors) {
      List<String> path = new ArrayList<>();
      error.path("path").forEach(step -> path.add(step.asText()));
      all.add(
          new GraphQlError(
              error.path("type").asText(""),
              error.path("extensions").path("code").asText(""),
              ErrorBody.oneLine(credentials.redact(error.path("message").asText(""))),
              path));
    }
    return all;
  }

  /** Returns true if it reports too many requests; GitHub spells the type in two ways. */
  boolean isAboutLimits() {
    return type.equals("RATE_LIMITED")
        || type.equals("RATE_LIMIT")
        || ErrorBody.isAboutLimits(message)
        || (type.isEmpty() && path.isEmpty() && ErrorBody.isAboutAbuse(message));
  }

  /** Returns true if the query was too much work for GitHub's servers. */
  public boolean isAboutSize() {
    return type.equals("RESOURCE_LIMITS_EXCEEDED")
        || type.equals("MAX_NODE_LIMIT_EXCEEDED")
        || message.startsWith("Resource limits for this query exceeded")
        || message.startsWith("Something went wrong while executing your query")
        || message.startsWith("We couldn't respond to your request in time");
  }
}
