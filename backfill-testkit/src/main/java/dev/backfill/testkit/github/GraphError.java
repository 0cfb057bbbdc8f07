package dev.backfill.testkit.github;

import graphql.ErrorClassification;
import graphql.ErrorType;
import graphql.GraphQLError;
import graphql.language.SourceLocation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An error in the form of GitHub's GraphQL.
 *
 * @param type such as NOT_FOUND; empty if it has none
 * @param message the text for readers
 * @param path the field that is null because of it; empty if there is none
 */
record GraphError(String type, String message, List<Object> path) implements GraphQLError {

  static GraphError of(String type, String message) {
    return new GraphError(type, message, List.of());
  }

  GraphError at(List<Object> field) {
    return new GraphError(type, message, List.copyOf(field));
  }

  GraphError at(List<Object> field, Object child) {
    List<Object> path = new ArrayList<>(field);
    path.add(child);
    return at(path);
  }

  @Override
  public String getMessage() {
    return message;
  }

  @Override
  public List<SourceLocation> getLocations() {
    return List.of();
  }

  @Override
  public ErrorClassification getErrorType() {
    return ErrorType.DataFetchingException;
  }

  @Override
  public List<Object> getPath() {
    return path;
  }

  /** Returns an error of a query in the form that is sent. */
  static Map<String, @Nullable Object> sent(GraphQLError error) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    if (error instanceof GraphError own && !own.type.isEmpty()) {
      fields.put("type", own.type);
    }
    List<Object> path = error.getPath();
    if (path != null && !path.isEmpty()) {
      fields.put("path", path);
    }
    List<SourceLocation> locations = error.getLocations();
    if (locations != null && !locations.isEmpty()) {
      fields.put(
          "locations",
          locations.stream()
              .map(at -> Map.of("line", at.getLine(), "column", at.getColumn()))
              .toList());
    }
    fields.put("message", error.getMessage());
    return fields;
  }
}
