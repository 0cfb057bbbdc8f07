package dev.backfill.github;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.Label;
import dev.backfill.api.history.Milestone;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.github.internal.json.IssueCommentMapper;
import dev.backfill.github.internal.json.LabelMapper;
import dev.backfill.github.internal.json.MilestoneMapper;
import dev.backfill.github.internal.json.ReviewCommentMapper;
import dev.backfill.github.internal.read.Timestamps;
import dev.backfill.github.internal.repository.Feature;
import dev.backfill.github.internal.rest.ListEndpoint;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A stream of a repository beside its pull requests: a kind of item, and the way to read it. The
 * sources, the planner and the options of the command line follow from the list of all streams.
 *
 * <p>Immutable and thread-safe. Two streams are equal if they are the same.
 *
 * @param <T> the type of its items
 * @see GitHub#stream
 */
public final class GitHubStream<T> {

  /**
   * The comments on lines of pull requests; the key of an item is its id.
   *
   * @see <a
   *     href="https://docs.github.com/en/rest/pulls/comments#list-review-comments-in-a-repository">GitHub:
   *     list review comments</a>
   */
  public static final GitHubStream<ReviewComment> REVIEW_COMMENTS =
      new GitHubStream<>(
          "review-comments",
          ReviewComment.class,
          ListEndpoint.byUpdate(
              "/pulls/comments",
              Feature.PULL_REQUESTS,
              new ReviewCommentMapper(),
              item -> new Timestamps(item.createdAt(), item.updatedAt(), item.githubId())),
          item -> Long.toString(item.githubId()));

  /**
   * The comments in conversations of issues and pull requests; the key of an item is its id.
   *
   * @see <a
   *     href="https://docs.github.com/en/rest/issues/comments#list-issue-comments-for-a-repository">GitHub:
   *     list issue comments</a>
   */
  public static final GitHubStream<IssueComment> ISSUE_COMMENTS =
      new GitHubStream<>(
          "issue-comments",
          IssueComment.class,
          ListEndpoint.byUpdate(
              "/issues/comments",
              Feature.ISSUES,
              new IssueCommentMapper(),
              item -> new Timestamps(item.createdAt(), item.updatedAt(), item.githubId())),
          item -> Long.toString(item.githubId()));

  /**
   * The labels that a repository offers; the key of an item is its name.
   *
   * @see <a
   *     href="https://docs.github.com/en/rest/issues/labels#list-labels-for-a-repository">GitHub:
   *     list labels</a>
   */
  public static final GitHubStream<Label> LABELS =
      new GitHubStream<>(
          "labels",
          Label.class,
          ListEndpoint.unordered("/labels", "", new LabelMapper()),
          Label::name);

  /**
   * The milestones of a repository, open and closed; the key of an item is its number.
   *
   * @see <a href="https://docs.github.com/en/rest/issues/milestones#list-milestones">GitHub: list
   *     milestones</a>
   */
  public static final GitHubStream<Milestone> MILESTONES =
      new GitHubStream<>(
          "milestones",
          Milestone.class,
          ListEndpoint.unordered("/milestones", "state=all&", new MilestoneMapper()),
          item -> Integer.toString(item.number()));

  private static final List<GitHubStream<?>> ALL =
      List.of(REVIEW_COMMENTS, ISSUE_COMMENTS, LABELS, MILESTONES);

  private final String name;
  private final Class<T> itemType;
  private final ListEndpoint<T> endpoint;
  private final Function<T, String> key;

  private GitHubStream(
      String name, Class<T> itemType, ListEndpoint<T> endpoint, Function<T, String> key) {
    this.name = name;
    this.itemType = itemType;
    this.endpoint = endpoint;
    this.key = key;
  }

  /**
   * Returns every stream, in a fixed order.
   *
   * @return an unmodifiable list
   */
  public static List<GitHubStream<?>> all() {
    return ALL;
  }

  /**
   * Finds a stream by its name.
   *
   * @param name such as {@code review-comments}
   * @return the stream, or empty if there is none with this name
   */
  public static Optional<GitHubStream<?>> named(String name) {
    return ALL.stream().filter(stream -> stream.name.equals(name)).findFirst();
  }

  /**
   * Returns its name.
   *
   * @return lower-case words with hyphens, such as {@code review-comments}
   */
  public String name() {
    return name;
  }

  /**
   * Returns the type of its items.
   *
   * @return a type of the history model
   */
  public Class<T> itemType() {
    return itemType;
  }

  /** Returns the name of its source. */
  String sourceName() {
    return "github:" + name;
  }

  ListEndpoint<T> endpoint() {
    return endpoint;
  }

  Function<T, String> key() {
    return key;
  }

  /**
   * Returns its name.
   *
   * @return as {@link #name()}
   */
  @Override
  public String toString() {
    return name;
  }
}
