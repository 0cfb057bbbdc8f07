package dev.backfill.testkit.github;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/** The keys of everything in a repository, without the cost of its texts. */
public final class RepositoryView {

  private final SimulatedRepository repository;
  private final Map<Long, String> reviewComments = new HashMap<>();
  private final Map<Long, String> issueComments = new HashMap<>();

  /** Looks at a repository. */
  public RepositoryView(SimulatedRepository repository) {
    this.repository = repository;
  }

  /** Returns the times of change of the pull requests that are there, by number. */
  public Map<String, Instant> pullRequests() {
    PullRequests rows = repository.pullRequestRows();
    return items(rows, position -> Integer.toString(rows.number((int) position)));
  }

  /** Returns the times of change of the comments on lines that are there, by id. */
  public Map<String, Instant> reviewComments() {
    ReviewComments rows = repository.reviewCommentRows();
    return items(
        rows,
        position ->
            reviewComments.computeIfAbsent(position, at -> Long.toString(rows.at(at).githubId())));
  }

  /** Returns the times of change of the comments in conversations that are there, by id. */
  public Map<String, Instant> issueComments() {
    IssueComments rows = repository.issueCommentRows();
    return items(
        rows,
        position ->
            issueComments.computeIfAbsent(position, at -> Long.toString(rows.at(at).githubId())));
  }

  /** Returns how many reviews a pull request has. */
  public int reviews(int number) {
    return repository.reviewCount(number);
  }

  private static Map<String, Instant> items(Rows rows, LongFunction<String> key) {
    Map<String, Instant> all = new HashMap<>();
    LongStream.range(0, rows.size())
        .filter(position -> rows.isIn(position, "all"))
        .forEach(position -> all.put(key.apply(position), rows.updatedAt(position)));
    return all;
  }
}
