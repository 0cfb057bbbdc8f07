package dev.backfill.testkit.github;

/** The resources for which GitHub counts requests, each with its own quota. */
public enum QuotaResource {
  /** REST. A request costs one unit; a request that is answered 304 costs none. */
  CORE("core"),
  /** GraphQL. A query costs its points. */
  GRAPHQL("graphql");

  private final String header;

  QuotaResource(String header) {
    this.header = header;
  }

  /** Returns its name in the X-RateLimit-Resource header. */
  String header() {
    return header;
  }
}
