package dev.backfill.testkit.github;

import graphql.schema.DataFetchingEnvironment;

/** A connection that has only the number of its items. */
record GraphCount(String typeName, int totalCount) implements GraphObject {

  @Override
  public Object field(String name, DataFetchingEnvironment query) {
    if (name.equals("totalCount")) {
      return totalCount;
    }
    throw unknown(name);
  }
}
