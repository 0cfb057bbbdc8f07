package dev.backfill.github.internal.graphql;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.pull.Completion;
import dev.backfill.github.internal.pull.OpenRepository;
import dev.backfill.github.internal.pull.PullRequestCompletion;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A pull request of which queries do not even tell the number. It lies between those of its
 * neighbours, where REST looks for it: the other numbers there are issues.
 */
final class UnnumberedPullRequest implements Completion<PullRequest> {

  /** Most repositories have a few issues between two pull requests. */
  static final int MOST_CANDIDATES = 50;

  private final OpenRepository repository;
  private final Set<String> extras;
  private final String key;
  private final List<Integer> candidates;
  private int tried;
  private @Nullable PermanentFailureException refusal;
  private long bytes;
  private @Nullable PullRequestCompletion asked;

  /**
   * Creates it.
   *
   * @param candidates the numbers that it may have; the first one that is a pull request's is its
   */
  UnnumberedPullRequest(
      OpenRepository repository, Set<String> extras, String key, List<Integer> candidates) {
    this.repository = repository;
    this.extras = extras;
    this.key = key;
    this.candidates = List.copyOf(candidates);
  }

  /**
   * The numbers of a pull request between two others, in the order of creation.
   *
   * @param after the number of the one just before it, or 0 when it is not known
   * @param before the number of the one just after it, or 0 when it is not known
   * @return numbers, the nearest to a known neighbour first; none when neither is known
   */
  static List<Integer> between(int after, int before) {
    if (before > 0) {
      int lowest = Math.max(after, before - MOST_CANDIDATES - 1) + 1;
      return IntStream.iterate(before - 1, n -> n >= lowest, n -> n - 1).boxed().toList();
    }
    return after == 0
        ? List.of()
        : IntStream.rangeClosed(after + 1, after + MOST_CANDIDATES).boxed().toList();
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
  public synchronized ParsedItem<PullRequest> complete(Budget budget) throws InterruptedException {
    while (asked != null || tried < candidates.size()) {
      PullRequestCompletion completion = asked;
      if (completion == null) {
        completion = PullRequestCompletion.of(candidates.get(tried++), repository, extras);
        asked = completion;
      }
      ParsedItem<PullRequest> found = completion.complete(budget);
      PermanentFailureException refused = completion.refusal();
      if (refused == null) {
        bytes = completion.bytes();
        return found;
      }
      asked = null;
      refusal = refused;
    }
    return ParsedItem.rejected(
        null,
        new RejectedItem(
            key, "GitHub says that there is a pull request, and neither which nor where", ""));
  }
}
