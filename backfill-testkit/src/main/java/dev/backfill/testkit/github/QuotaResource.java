package dev.backfill.testkit.github;

/** What GitHub counts requests for, each with a quota of its own. */
public enum QuotaResource {
  /** REST. A request costs one unit, one that is answered 304 none. */
  CORE("core"),
  /** GraphQL. A query costs its points. */
  GRAPHQL("graphql");

  private final String header;

  QuotaResource(String header) {
    this.header = header;
  }

  /** How the X-RateLimit-Resource header names it. */
  String header() {
    return header;
  }
}
