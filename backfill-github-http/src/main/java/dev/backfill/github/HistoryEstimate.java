package dev.backfill.github;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a history has and what it takes to read it, told before anything is read.
 *
 * @param repository its name: the present one when queries are answered, else as it was given
 * @param streams what there is to read, pull requests first
 * @param transports what it takes in each way that can be used, REST first; GraphQL only with a
 *     token
 * @param automatic which of them {@link GitHubTransport#AUTO} takes for a history that has not
 *     begun: REST or GRAPHQL
 * @param spent what this estimate was charged itself
 */
public record HistoryEstimate(
    String repository,
    List<Stream> streams,
    List<TransportEstimate> transports,
    GitHubTransport automatic,
    RequestCost spent) {

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException when the automatic choice is not among the transports
   */
  public HistoryEstimate {
    streams = List.copyOf(streams);
    transports = List.copyOf(transports);
    find(transports, automatic);
  }

  /**
   * A stream.
   *
   * @param source its source's name, such as {@code github:pull-requests}
   * @param items how many it has now; 0 or more
   * @param atLeast whether it may have any number more: GitHub ends the lists of large repositories
   *     at a page cap, and their counts there, too
   * @param note why there is nothing to read, or null: the feature is switched off
   */
  public record Stream(String source, long items, boolean atLeast, @Nullable String note) {

    /**
     * Creates a stream whose items are counted, without a note.
     *
     * @param source its source's name, such as {@code github:pull-requests}
     * @param items how many it has now; 0 or more
     */
    public Stream(String source, long items) {
      this(source, items, false, null);
    }
  }

  /**
   * The estimate for one way to read.
   *
   * @param transport the way; {@link GitHubTransport#AUTO} for the automatic choice
   * @return its estimate
   * @throws IllegalArgumentException when it is GraphQL, and there is no token
   */
  public TransportEstimate of(GitHubTransport transport) {
    return find(transports, transport == GitHubTransport.AUTO ? automatic : transport);
  }

  private static TransportEstimate find(
      List<TransportEstimate> transports, GitHubTransport transport) {
    return transports.stream()
        .filter(estimate -> estimate.transport() == transport)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no estimate for " + transport));
  }
}
