package dev.backfill.benchmarks.endtoend;

import java.net.URI;
import java.util.Map;

/**
 * What a child process is to do.
 *
 * @param gitHub where GitHub is
 * @param database the JDBC URL of PostgreSQL
 * @param repository owner/name
 * @param what how much of the history
 * @param limit the most pull requests; those who read all of them take no notice
 */
record ContestantTask(URI gitHub, String database, String repository, What what, int limit) {

  /** How much of a history. */
  enum What {
    /** The list of pull requests. */
    LIST,
    /** Pull requests with details and reviews, review comments, issue comments. */
    EVERYTHING
  }

  /** The properties for a process that lists a whole repository. */
  static Map<String, String> listing(URI gitHub, String database, String repository) {
    return Map.of(
        "gitHub",
        gitHub.toString(),
        "database",
        database,
        "repository",
        repository,
        "what",
        What.LIST.name());
  }

  static ContestantTask ofProperties() {
    return new ContestantTask(
        URI.create(System.getProperty("gitHub")),
        System.getProperty("database"),
        System.getProperty("repository"),
        What.valueOf(System.getProperty("what")),
        Integer.getInteger("limit", Integer.MAX_VALUE));
  }
}
