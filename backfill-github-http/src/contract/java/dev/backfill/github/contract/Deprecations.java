package dev.backfill.github.contract;

import graphql.language.Argument;
import graphql.language.ArrayValue;
import graphql.language.Document;
import graphql.language.EnumValue;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.ObjectField;
import graphql.language.ObjectValue;
import graphql.language.OperationDefinition;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.language.TypeName;
import graphql.language.Value;
import graphql.language.VariableDefinition;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLEnumValueDefinition;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLFieldsContainer;
import graphql.schema.GraphQLInputObjectField;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what a valid query uses although it is deprecated. */
final class Deprecations {

  private final GraphQLSchema schema;
  private final Document document;
  private final List<String> found = new ArrayList<>();

  Deprecations(GraphQLSchema schema, Document document) {
    this.schema = schema;
    this.document = document;
  }

  List<String> find() {
    for (OperationDefinition operation : document.getDefinitionsOfType(OperationDefinition.class)) {
      GraphQLType root =
          operation.getOperation() == OperationDefinition.Operation.MUTATION
              ? schema.getMutationType()
              : schema.getQueryType();
      for (VariableDefinition variable : operation.getVariableDefinitions()) {
        graphql.language.Type<?> type = variable.getType();
        if (type instanceof TypeName name && variable.getDefaultValue() != null) {
          value(schema.getType(name.getName()), variable.getDefaultValue());
        }
      }
      selections(root, operation.getSelectionSet());
    }
    // Fragments know their own type, so they need not be followed from where they are used.
    for (FragmentDefinition fragment : document.getDefinitionsOfType(FragmentDefinition.class)) {
      selections(schema.getType(fragment.getTypeCondition().getName()), fragment.getSelectionSet());
    }
    return found;
  }

  private void selections(@Nullable GraphQLType type, @Nullable SelectionSet set) {
    if (set == null) {
      return;
    }
    for (Selection<?> selection : set.getSelections()) {
      if (selection instanceof Field field) {
        field(type, field);
      } else if (selection instanceof InlineFragment fragment) {
        TypeName on = fragment.getTypeCondition();
        selections(on == null ? type : schema.getType(on.getName()), fragment.getSelectionSet());
      } else if (!(selection instanceof FragmentSpread)) {
        throw new IllegalArgumentException("unknown selection " + selection);
      }
    }
  }

  private void field(@Nullable GraphQLType type, Field field) {
    if (field.getName().startsWith("__")) {
      return;
    }
    GraphQLFieldsContainer container = (GraphQLFieldsContainer) type;
    GraphQLFieldDefinition definition = container.getFieldDefinition(field.getName());
    String name = container.getName() + "." + field.getName();
    add(definition.isDeprecated(), "field " + name, definition.getDeprecationReason());
    for (Argument use : field.getArguments()) {
      GraphQLArgument argument = definition.getArgument(use.getName());
      add(
          argument.isDeprecated(),
          "argument " + name + "(" + use.getName() + ")",
          argument.getDeprecationReason());
      value(argument.getType(), use.getValue());
    }
    selections(GraphQLTypeUtil.unwrapAll(definition.getType()), field.getSelectionSet());
  }

  private void value(@Nullable GraphQLType wrapped, Value<?> value) {
    GraphQLNamedType type = GraphQLTypeUtil.unwrapAll(wrapped);
    if (value instanceof ArrayValue array) {
      array.getValues().forEach(one -> value(type, one));
    } else if (value instanceof EnumValue constant && type instanceof GraphQLEnumType names) {
      GraphQLEnumValueDefinition definition = names.getValue(constant.getName());
      add(
          definition.isDeprecated(),
          "value " + names.getName() + "." + constant.getName(),
          definition.getDeprecationReason());
    } else if (value instanceof ObjectValue object && type instanceof GraphQLInputObjectType in) {
      for (ObjectField use : object.getObjectFields()) {
        GraphQLInputObjectField field = in.getField(use.getName());
        add(
            field.isDeprecated(),
            "input field " + in.getName() + "." + use.getName(),
            field.getDeprecationReason());
        value(field.getType(), use.getValue());
      }
    }
  }

  private void add(boolean deprecated, String what, @Nullable String reason) {
    if (deprecated) {
      found.add(what + " is deprecated: " + reason);
    }
  }
}
