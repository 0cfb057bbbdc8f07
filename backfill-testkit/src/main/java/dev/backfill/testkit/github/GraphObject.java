package dev.backfill.testkit.github;

import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

/** An object that a GraphQL query selects fields of. */
interface GraphObject {

  /** The name of its type in the schema. */
  String typeName();

  /**
   * The value of a field.
   *
   * @param name a field of the type
   * @param query how it is selected
   */
  @Nullable Object field(String name, DataFetchingEnvironment query);

  /** What happens when a field of the schema has no value here. */
  default IllegalStateException unknown(String name) {
    return new IllegalStateException(typeName() + "." + name + " has no value");
  }

  /** GitHub's older numbers for things have 32 bits; a larger one is not told. */
  static @Nullable Integer databaseId(long id) {
    return id > Integer.MAX_VALUE ? null : (Integer) (int) id;
  }
}
