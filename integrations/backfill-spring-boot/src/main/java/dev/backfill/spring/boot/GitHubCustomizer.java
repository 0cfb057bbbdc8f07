package dev.backfill.spring.boot;

import dev.backfill.github.GitHub;

/**
 * A change of the GitHub client before it is built. Beans of this type are applied in their order.
 */
@FunctionalInterface
public interface GitHubCustomizer {

  /**
   * Changes the client, such as its time-outs or its concurrency.
   *
   * @param builder the builder, with the values of the properties
   */
  void customize(GitHub.Builder builder);
}
