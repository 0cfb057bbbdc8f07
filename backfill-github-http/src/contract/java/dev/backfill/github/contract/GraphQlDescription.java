package dev.backfill.github.contract;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import graphql.GraphQLContext;
import graphql.GraphQLException;
import graphql.ParseAndValidate;
import graphql.execution.RawVariables;
import graphql.execution.ValuesResolver;
import graphql.introspection.IntrospectionResultToSchema;
import graphql.language.Document;
import graphql.language.OperationDefinition;
import graphql.language.VariableDefinition;
import graphql.parser.Parser;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.TypeDefinitionRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * GitHub's GraphQL schema, from what it answers about itself: the published text defines two fields
 * twice.
 */
final class GraphQlDescription {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

  private static @Nullable GraphQlDescription shared;

  private final TypeDefinitionRegistry types;
  private final GraphQLSchema schema;

  private GraphQlDescription(Map<String, Object> introspection) {
    Document document = new IntrospectionResultToSchema().createSchemaDefinition(introspection);
    types = new SchemaParser().buildRegistry(document);
    schema = new SchemaGenerator().makeExecutableSchema(types, RuntimeWiring.MOCKED_WIRING);
  }

  static synchronized GraphQlDescription get() {
    if (shared == null) {
      try {
        shared =
            new GraphQlDescription(
                JSON.readValue(Path.of(System.getProperty("contract.graphql")).toFile(), OBJECT));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return shared;
  }

  TypeDefinitionRegistry types() {
    return types;
  }

  /** What is wrong with the JSON that carries a query; a line each, empty when nothing is. */
  List<String> wrongWithBody(String body) {
    Map<String, Object> fields;
    try {
      fields = JSON.readValue(body, OBJECT);
    } catch (IOException e) {
      return List.of("no JSON object: " + e.getMessage());
    }
    if (!(fields.remove("query") instanceof String query)) {
      return List.of("there is no query");
    }
    Object variables = fields.remove("variables");
    List<String> wrong = new ArrayList<>(wrongWith(query));
    fields.keySet().forEach(name -> wrong.add(name + " is unknown"));
    if (wrong.isEmpty()) {
      Map<?, ?> values = variables instanceof Map<?, ?> map ? map : Map.of();
      wrong.addAll(wrongWithVariables(Parser.parse(query), values));
    }
    return wrong;
  }

  private List<String> wrongWithVariables(Document document, Map<?, ?> values) {
    List<OperationDefinition> operations = document.getDefinitionsOfType(OperationDefinition.class);
    if (operations.size() != 1) {
      return List.of("there are " + operations.size() + " operations");
    }
    Map<String, Object> unknown = new TreeMap<>();
    values.forEach((name, value) -> unknown.put((String) name, value));
    RawVariables raw = RawVariables.of(Map.copyOf(unknown));
    List<VariableDefinition> declared = operations.get(0).getVariableDefinitions();
    declared.forEach(variable -> unknown.remove(variable.getName()));
    List<String> wrong = new ArrayList<>();
    unknown.keySet().forEach(name -> wrong.add("variable " + name + " is not declared"));
    try {
      ValuesResolver.coerceVariableValues(
          schema, declared, raw, GraphQLContext.getDefault(), Locale.ENGLISH);
    } catch (GraphQLException e) {
      wrong.add(e.getMessage());
    }
    return wrong;
  }

  /** What is wrong with a query, or will be; a line each, empty when nothing is. */
  List<String> wrongWith(String query) {
    Document document = Parser.parse(query);
    List<String> wrong = new ArrayList<>();
    ParseAndValidate.validate(schema, document, Locale.ENGLISH)
        .forEach(error -> wrong.add(error.getMessage()));
    if (wrong.isEmpty()) {
      wrong.addAll(new Deprecations(schema, document).find());
    }
    return wrong;
  }
}
