package dev.backfill.testkit.github;

import dev.backfill.testkit.http.Response;
import dev.backfill.testkit.json.JsonTree;
import graphql.ErrorType;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.GraphQLError;
import graphql.GraphQLException;
import graphql.ParseAndValidate;
import graphql.ParseAndValidateResult;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.language.Document;
import graphql.schema.DataFetcherFactories;
import graphql.schema.GraphQLCodeRegistry;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.TypeDefinitionRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A server that parses, prices and runs queries without any fault. Safe for any number of threads.
 */
final class GraphQlServer {

  private static final int REMEMBERED_QUERIES = 500;

  /** The schema, which is parsed for the first query and shared by all simulations. */
  private static final class Schema {
    private static final GraphQLSchema SHARED = schema();
  }

  /**
   * A query of a request.
   *
   * @param text the query
   * @param operation the operation to run; null if there is only one
   * @param variables the values of its variables
   * @param document the parsed and valid query
   * @param price its price
   */
  record Query(
      String text,
      @Nullable String operation,
      Map<String, @Nullable Object> variables,
      Document document,
      QueryPrice price) {}

  /** A request that contains no valid query, with its errors. */
  static final class NoQueryException extends Exception {

    private final transient List<GraphQLError> errors;

    NoQueryException(List<? extends GraphQLError> errors) {
      super("not a query", null, false, false);
      this.errors = List.copyOf(errors);
    }

    List<GraphQLError> errors() {
      return errors;
    }
  }

  private final GraphQL engine =
      GraphQL.newGraphQL(Schema.SHARED)
          .preparsedDocumentProvider(
              (input, otherwise) ->
                  CompletableFuture.completedFuture(
                      new PreparsedDocumentEntry(parsed(input.getQuery()).getDocument())))
          .build();
  private final Map<String, ParseAndValidateResult> parsed = new ConcurrentHashMap<>();

  /** Parses the body of a request. */
  Query read(byte[] body) throws NoQueryException {
    Map<String, @Nullable Object> fields = JsonTree.object(body);
    if (fields == null || !(fields.get("query") instanceof String text)) {
      throw refused("A query attribute must be specified and must be a string.");
    }
    ParseAndValidateResult result = parsed(text);
    if (result.isFailure()) {
      throw new NoQueryException(result.getErrors());
    }
    String operation = fields.get("operationName") instanceof String name ? name : null;
    Map<String, @Nullable Object> variables = JsonTree.fields(fields.get("variables"));
    try {
      QueryPrice price = QueryPrice.of(Schema.SHARED, result.getDocument(), operation, variables);
      return new Query(text, operation, variables, result.getDocument(), price);
    } catch (GraphQLException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
  }

  /** Answers a query. */
  Response run(Query query, GraphRun run) {
    ExecutionResult result =
        engine.execute(
            ExecutionInput.newExecutionInput(query.text())
                .operationName(query.operation())
                .variables(query.variables())
                .root(new GraphRoot(run))
                .build());
    return run.timedOut()
        ? Faults.failure(502)
        : respond(true, result.getData(), result.getErrors());
  }

  /** Returns an answer that contains errors only. */
  static Response errors(List<? extends GraphQLError> errors) {
    return respond(false, null, errors);
  }

  private static Response respond(
      boolean ran, @Nullable Object data, List<? extends GraphQLError> errors) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    if (ran) {
      fields.put("data", data);
    }
    List<Map<String, @Nullable Object>> sent =
        errors.stream()
            // The data shows that a null moved up to its parent; GitHub reports the cause only.
            .filter(error -> error.getErrorType() != ErrorType.NullValueInNonNullableField)
            .map(GraphError::sent)
            .toList();
    if (!sent.isEmpty()) {
      fields.put("errors", sent);
    }
    return Response.json(200, Json.bytes(json -> JsonTree.write(json, fields)));
  }

  private static NoQueryException refused(String message) {
    return new NoQueryException(List.of(GraphError.of("", message)));
  }

  private ParseAndValidateResult parsed(String query) {
    if (parsed.size() > REMEMBERED_QUERIES) {
      parsed.clear();
    }
    return parsed.computeIfAbsent(
        query,
        text ->
            ParseAndValidate.parseAndValidate(
                Schema.SHARED, ExecutionInput.newExecutionInput(text).build()));
  }

  private static GraphQLSchema schema() {
    TypeDefinitionRegistry types;
    try (InputStream file = GraphQlServer.class.getResourceAsStream("schema.graphqls")) {
      byte[] text = Objects.requireNonNull(file, "schema.graphqls").readAllBytes();
      types = new SchemaParser().parse(new String(text, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    RuntimeWiring.Builder wiring =
        RuntimeWiring.newRuntimeWiring()
            .codeRegistry(
                GraphQLCodeRegistry.newCodeRegistry()
                    .defaultDataFetcher(
                        DataFetcherFactories.useDataFetcher(
                            query -> {
                              GraphObject source = query.getSource();
                              return Objects.requireNonNull(source, "source")
                                  .field(query.getField().getName(), query);
                            })));
    TextScalar.ALL.forEach(wiring::scalar);
    for (String kind : List.of("Actor", "Node")) {
      wiring.type(
          kind,
          type ->
              type.typeResolver(
                  query -> {
                    GraphObject object = query.getObject();
                    GraphQLObjectType found = query.getSchema().getObjectType(object.typeName());
                    return Objects.requireNonNull(found, object.typeName());
                  }));
    }
    return new SchemaGenerator().makeExecutableSchema(types, wiring.build());
  }
}
