package dev.backfill.testkit.github;

import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

/** An object whose fields a GraphQL query selects. */
interface GraphObject {

  /** Returns the name of its type in the schema. */
  String typeName();

  /**
   * Returns the value of a field.
   *
   * @param name a field of the type
   * @param query the selection of the field
   */
  @Nullable Object field(String name, DataFetchingEnvironment query);

  /** Creates the failure for a field of the schema that has no value here. */
  default IllegalStateException unknown(String name) {
    return new IllegalStateException(typeName() + "." + name + " has no value");
  }

  /** Returns an id as GitHub's older number of 32 bits; null if it is larger. */
  static @Nullable Integer databaseId(long id) {
    return id > Integer.MAX_VALUE ? null : (Integer) (int) id;
  }
}
