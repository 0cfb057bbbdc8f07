package dev.backfill.github.contract;

import graphql.language.AstPrinter;
import graphql.language.EnumTypeDefinition;
import graphql.language.FieldDefinition;
import graphql.language.ImplementingTypeDefinition;
import graphql.language.InputObjectTypeDefinition;
import graphql.language.InputValueDefinition;
import graphql.language.NamedNode;
import graphql.language.Node;
import graphql.language.NonNullType;
import graphql.language.TypeDefinition;
import graphql.language.UnionTypeDefinition;
import graphql.schema.idl.ScalarInfo;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.TypeDefinitionRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds what a part of a schema has that the whole one has not, or has otherwise. */
final class SchemaDifferences {

  private final TypeDefinitionRegistry whole;
  private final List<String> found = new ArrayList<>();

  SchemaDifferences(TypeDefinitionRegistry whole) {
    this.whole = whole;
  }

  List<String> find(String part) {
    for (TypeDefinition<?> type : types(new SchemaParser().parse(part)).values()) {
      TypeDefinition<?> other = types(whole).get(type.getName());
      if (other == null) {
        found.add("type " + type.getName() + " is not GitHub's");
      } else if (type.getClass() != other.getClass()) {
        found.add("type " + type.getName() + " is of another kind");
      } else {
        compare(type, other);
      }
    }
    return found;
  }

  private static Map<String, TypeDefinition<?>> types(TypeDefinitionRegistry registry) {
    Map<String, TypeDefinition<?>> types = new LinkedHashMap<>();
    registry.types().forEach((name, type) -> types.put(name, type));
    registry.scalars().values().stream()
        .filter(scalar -> !ScalarInfo.isGraphqlSpecifiedScalar(scalar.getName()))
        .forEach(scalar -> types.put(scalar.getName(), scalar));
    return types;
  }

  private void compare(TypeDefinition<?> type, TypeDefinition<?> other) {
    String name = type.getName();
    if (type instanceof ImplementingTypeDefinition<?> fields
        && other instanceof ImplementingTypeDefinition<?> others) {
      texts(name + " implements", fields.getImplements(), others.getImplements());
      Map<String, FieldDefinition> theirs = byName(others.getFieldDefinitions());
      for (FieldDefinition field : fields.getFieldDefinitions()) {
        field(name + "." + field.getName(), field, theirs.get(field.getName()));
      }
    } else if (type instanceof InputObjectTypeDefinition in
        && other instanceof InputObjectTypeDefinition others) {
      inputs(name + ".", in.getInputValueDefinitions(), others.getInputValueDefinitions());
    } else if (type instanceof EnumTypeDefinition values
        && other instanceof EnumTypeDefinition others) {
      Map<String, ?> theirs = byName(others.getEnumValueDefinitions());
      byName(values.getEnumValueDefinitions()).keySet().stream()
          .filter(value -> !theirs.containsKey(value))
          .forEach(value -> found.add(name + "." + value + " is not GitHub's"));
    } else if (type instanceof UnionTypeDefinition union
        && other instanceof UnionTypeDefinition others) {
      texts(name + " is", union.getMemberTypes(), others.getMemberTypes());
    }
  }

  private void field(String name, FieldDefinition field, @Nullable FieldDefinition other) {
    if (other == null) {
      found.add(name + " is not GitHub's");
      return;
    }
    same(name, field.getType(), other.getType());
    inputs(name + ":", field.getInputValueDefinitions(), other.getInputValueDefinitions());
  }

  private void inputs(
      String prefix, List<InputValueDefinition> ours, List<InputValueDefinition> others) {
    Map<String, InputValueDefinition> theirs = byName(others);
    for (InputValueDefinition input : ours) {
      InputValueDefinition other = theirs.remove(input.getName());
      if (other == null) {
        found.add(prefix + input.getName() + " is not GitHub's");
      } else {
        same(prefix + input.getName(), input.getType(), other.getType());
        same(prefix + input.getName() + " =", input.getDefaultValue(), other.getDefaultValue());
      }
    }
    theirs.values().stream()
        .filter(input -> input.getType() instanceof NonNullType)
        .filter(input -> input.getDefaultValue() == null)
        .forEach(input -> found.add(prefix + input.getName() + " is missing, and required"));
  }

  private void same(String name, @Nullable Node<?> ours, @Nullable Node<?> theirs) {
    if (!text(ours).equals(text(theirs))) {
      found.add(name + " is " + text(ours) + ", and GitHub's is " + text(theirs));
    }
  }

  @SuppressWarnings("rawtypes")
  private void texts(
      String prefix, Collection<graphql.language.Type> ours, List<graphql.language.Type> theirs) {
    List<String> known = theirs.stream().map(SchemaDifferences::text).toList();
    for (graphql.language.Type<?> type : ours) {
      if (!known.contains(text(type))) {
        found.add(prefix + " " + text(type) + ", and GitHub's does not");
      }
    }
  }

  private static String text(@Nullable Node<?> node) {
    return node == null ? "nothing" : AstPrinter.printAstCompact(node);
  }

  private static <T extends NamedNode<?>> Map<String, T> byName(List<T> nodes) {
    return nodes.stream().collect(Collectors.toMap(NamedNode::getName, Function.identity()));
  }
}
