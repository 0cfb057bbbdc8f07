package dev.backfill.github.internal.graphql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The texts of the queries. */
final class Queries {

  static final String PULL_REQUESTS = read("PullRequests.graphql");
  static final String PULL_REQUEST_NUMBERS = read("PullRequestNumbers.graphql");
  static final String PULL_REQUEST_COUNT = read("PullRequestCount.graphql");
  static final String REVIEWS = read("Reviews.graphql");

  private Queries() {}

  private static String read(String name) {
    try (InputStream in = Queries.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The query " + name + " is not in the jar.");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
