package dev.backfill.github;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The size of a history and the cost of reading it, as estimated before the first read.
 *
 * @param repository its name: the present name if queries are answered, else the given one
 * @param streams the streams to read, pull requests first
 * @param transports the cost by each usable transport, REST first; GraphQL only with a token
 * @param automatic the transport that {@link GitHubTransport#AUTO} selects for a new history: REST
 *     or GRAPHQL
 * @param spent the cost of this estimate itself
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
   * @throws IllegalArgumentException if the automatic choice is not among the transports
   */
  public HistoryEstimate {
    streams = List.copyOf(streams);
    transports = List.copyOf(transports);
    find(transports, automatic);
  }

  /**
   * The size of one stream.
   *
   * @param source its source's name, such as {@code github:pull-requests}
   * @param items the present number of its items; 0 or more
   * @param atLeast true if there may be any number more: GitHub ends the lists of large
   *     repositories, and their counts, at a page cap
   * @param note the reason why there is nothing to read (the feature is disabled), or null
   */
  public record Stream(String source, long items, boolean atLeast, @Nullable String note) {

    /**
     * Creates a stream whose items are counted, without a note.
     *
     * @param source its source's name, such as {@code github:pull-requests}
     * @param items the present number of its items; 0 or more
     */
    public Stream(String source, long items) {
      this(source, items, false, null);
    }
  }

  /**
   * Returns the estimate for one transport.
   *
   * @param transport the transport; {@link GitHubTransport#AUTO} for the automatic choice
   * @return its estimate
   * @throws IllegalArgumentException if it is GraphQL and there is no token
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
