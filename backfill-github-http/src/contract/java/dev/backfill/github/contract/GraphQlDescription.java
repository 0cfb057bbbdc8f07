package dev.backfill.github.contract;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import graphql.ParseAndValidate;
import graphql.introspection.IntrospectionResultToSchema;
import graphql.language.Document;
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
import org.jspecify.annotations.Nullable;

/**
 * GitHub's GraphQL schema, from what it answers about itself: the published text defines two fields
 * twice.
 */
final class GraphQlDescription {

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
                new ObjectMapper()
                    .readValue(
                        Path.of(System.getProperty("contract.graphql")).toFile(),
                        new TypeReference<Map<String, Object>>() {}));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return shared;
  }

  TypeDefinitionRegistry types() {
    return types;
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
