package dev.backfill.benchmarks.endtoend;

import java.net.URI;
import java.util.Map;

/**
 * The task of a child process.
 *
 * @param gitHub the address of GitHub
 * @param database the JDBC URL of PostgreSQL
 * @param repository owner/name
 * @param what the part of the history
 * @param limit max number of pull requests; ignored by contestants that read all of them
 */
record ContestantTask(URI gitHub, String database, String repository, What what, int limit) {

  /** The parts of a history. */
  enum What {
    /** The list of pull requests. */
    LIST,
    /** Pull requests with details and reviews, review comments, issue comments. */
    EVERYTHING
  }

  /** Returns the properties for a process that lists a whole repository. */
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
