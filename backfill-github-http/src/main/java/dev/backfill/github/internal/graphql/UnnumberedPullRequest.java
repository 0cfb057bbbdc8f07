package dev.backfill.github.internal.graphql;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.pull.Completion;
import dev.backfill.github.internal.pull.OpenRepository;
import dev.backfill.github.internal.pull.PullRequestCompletion;
import java.util.Set;
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
  private final int end;
  private int candidate;
  private @Nullable PullRequestCompletion asked;

  /**
   * Creates it.
   *
   * @param after the number of the pull request before it
   * @param before the number of the pull request after it
   */
  UnnumberedPullRequest(
      OpenRepository repository, Set<String> extras, String key, int after, int before) {
    this.repository = repository;
    this.extras = extras;
    this.key = key;
    this.candidate = Math.max(after, before - MOST_CANDIDATES - 1);
    this.end = Math.min(before, candidate + MOST_CANDIDATES + 1);
  }

  @Override
  public boolean isComplete() {
    return false;
  }

  @Override
  public synchronized ParsedItem<PullRequest> complete(Budget budget) throws InterruptedException {
    while (asked != null || candidate + 1 < end) {
      PullRequestCompletion completion = asked;
      if (completion == null) {
        completion = PullRequestCompletion.of(++candidate, repository, extras);
        asked = completion;
      }
      ParsedItem<PullRequest> found = completion.complete(budget);
      if (!completion.isMissing()) {
        return found;
      }
      asked = null;
    }
    return ParsedItem.rejected(
        null,
        new RejectedItem(
            key, "GitHub says that there is a pull request, and neither which nor where", ""));
  }
}
