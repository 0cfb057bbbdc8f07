package dev.backfill.github.internal.graphql;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.ItemEnrichment;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.rest.PullRequestEnrichment;
import dev.backfill.github.internal.transport.RequestBudget;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A pull request whose number queries do not return. REST looks for it between the numbers of its
 * neighbours: the other numbers there are issues.
 */
final class UnnumberedPullRequest implements ItemEnrichment<PullRequest> {

  /** Most repositories have a few issues between two pull requests. */
  static final int MAX_CANDIDATES = 50;

  private final OpenRepository repository;
  private final Set<String> extras;
  private final String key;
  private final List<Integer> candidates;
  private int tried;
  private @Nullable PermanentFailureException refusal;
  private long bytes;
  private @Nullable PullRequestEnrichment requested;

  /**
   * Creates the enrichment.
   *
   * @param candidates its possible numbers; the first one that belongs to a pull request is the
   *     right one
   */
  UnnumberedPullRequest(
      OpenRepository repository, Set<String> extras, String key, List<Integer> candidates) {
    this.repository = repository;
    this.extras = extras;
    this.key = key;
    this.candidates = List.copyOf(candidates);
  }

  /**
   * Returns the possible numbers of a pull request between two others, in the order of creation.
   *
   * @param after the number of the one just before it, or 0 if unknown
   * @param before the number of the one just after it, or 0 if unknown
   * @return numbers, the nearest to a known neighbour first; none if both are unknown
   */
  static List<Integer> between(int after, int before) {
    if (before > 0) {
      int lowest = Math.max(after, before - MAX_CANDIDATES - 1) + 1;
      return IntStream.iterate(before - 1, n -> n >= lowest, n -> n - 1).boxed().toList();
    }
    return after == 0
        ? List.of()
        : IntStream.rangeClosed(after + 1, after + MAX_CANDIDATES).boxed().toList();
  }

  @Override
  public boolean isComplete() {
    return false;
  }

  @Override
  public synchronized @Nullable PermanentFailureException refusal() {
    return refusal;
  }

  @Override
  public synchronized long bytes() {
    return bytes;
  }

  @Override
  public synchronized ParsedItem<PullRequest> complete(RequestBudget budget)
      throws InterruptedException {
    while (requested != null || tried < candidates.size()) {
      PullRequestEnrichment enrichment = requested;
      if (enrichment == null) {
        enrichment = PullRequestEnrichment.of(candidates.get(tried++), repository, extras);
        requested = enrichment;
      }
      ParsedItem<PullRequest> found = enrichment.complete(budget);
      PermanentFailureException refused = enrichment.refusal();
      if (refused == null) {
        bytes = enrichment.bytes();
        return found;
      }
      requested = null;
      refusal = refused;
    }
    return ParsedItem.rejected(
        null,
        new RejectedItem(
            key,
            "GitHub lists a pull request without its number, and its neighbours do not show it either.",
            ""));
  }
}
