package dev.backfill.testkit.github;

import graphql.GraphQLContext;
import graphql.execution.CoercedVariables;
import graphql.language.StringValue;
import graphql.language.Value;
import graphql.schema.Coercing;
import graphql.schema.CoercingParseLiteralException;
import graphql.schema.GraphQLScalarType;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** A scalar of GitHub's schema that is a text in JSON. */
final class TextScalar implements Coercing<String, String> {

  static final List<GraphQLScalarType> ALL =
      Stream.of("DateTime", "URI", "GitObjectID", "BigInt")
          .map(name -> GraphQLScalarType.newScalar().name(name).coercing(new TextScalar()).build())
          .toList();

  private TextScalar() {}

  @Override
  public String serialize(Object value, GraphQLContext context, Locale locale) {
    return value.toString();
  }

  @Override
  public String parseValue(Object input, GraphQLContext context, Locale locale) {
    return input.toString();
  }

  @Override
  public String parseLiteral(
      Value<?> input, CoercedVariables variables, GraphQLContext context, Locale locale) {
    if (input instanceof StringValue text) {
      return Objects.requireNonNull(text.getValue(), "value");
    }
    throw new CoercingParseLiteralException("a text is expected");
  }
}
