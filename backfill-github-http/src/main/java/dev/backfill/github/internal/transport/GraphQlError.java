package dev.backfill.github.internal.transport;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * One of the errors that a GraphQL answer names beside its data.
 *
 * @param type GitHub's word for it, such as {@code NOT_FOUND}; empty when there is none
 * @param code what the server's reader of queries calls it, such as {@code undefinedField}; empty
 *     unless the query was refused unread
 * @param message what it says, without secrets, on one line
 * @param path which part of the data it is about: names and indexes; empty for all of it
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

  /** Whether it is about asking too much; GitHub spells the type in two ways. */
  boolean isAboutLimits() {
    return type.equals("RATE_LIMITED")
        || type.equals("RATE_LIMIT")
        || ErrorBody.isAboutLimits(message)
        || (type.isEmpty() && path.isEmpty() && ErrorBody.isAboutAbuse(message));
  }

  /** Whether the query was more than GitHub's servers wanted to work on. */
  public boolean isAboutSize() {
    return type.equals("RESOURCE_LIMITS_EXCEEDED")
        || type.equals("MAX_NODE_LIMIT_EXCEEDED")
        || message.startsWith("Resource limits for this query exceeded")
        || message.startsWith("Something went wrong while executing your query")
        || message.startsWith("We couldn't respond to your request in time");
  }
}
