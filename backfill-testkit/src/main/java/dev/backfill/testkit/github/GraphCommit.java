package dev.backfill.testkit.github;

import graphql.schema.DataFetchingEnvironment;

/** A commit. */
record GraphCommit(String oid) implements GraphObject {

  @Override
  public String typeName() {
    return "Commit";
  }

  @Override
  public Object field(String name, DataFetchingEnvironment query) {
    return switch (name) {
      case "oid" -> oid;
      case "id" -> "C_" + oid;
      default -> throw unknown(name);
    };
  }
}
