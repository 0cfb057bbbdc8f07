package dev.backfill.github.internal.json;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.Repository;

/**
 * A mapper of comments in the conversations of issues and pull requests.
 *
 * @see <a href="https://docs.github.com/en/rest/issues/comments">GitHub: issue comments</a>
 */
public final class IssueCommentMapper implements ItemMapper<IssueComment> {

  private static final String KIND = "/pull";

  private static final FieldPlan PLAN =
      FieldPlan.builder()
          .fields("id", "issue_url", "html_url", "user.id", "body")
          .repeated("user.login", "user.type")
          .times("created_at", "updated_at")
          .build();

  @Override
  public FieldPlan plan() {
    return PLAN;
  }

  @Override
  public KeyField key() {
    return KeyField.number("id");
  }

  @Override
  public IssueComment map(Values values, Repository repository) throws InvalidItemException {
    String page = values.textOrEmpty("html_url");
    String issue = values.text("issue_url");
    return new IssueComment(
        repository,
        values.requiredInteger("id"),
        issue == null
            ? Numbers.lastSegment(page, "html_url")
            : Numbers.lastSegment(issue, "issue_url"),
        isOnPullRequest(page),
        values.account("user"),
        values.textOrEmpty("body"),
        values.requiredTime("created_at"),
        values.requiredTime("updated_at"));
  }

  /**
   * Returns true if a page is a pull request's: it ends with {@code /pull/7}, perhaps with a
   * fragment. A comment contains no other trace of its kind, since both kinds share one sequence of
   * numbers. An owner or a repository may be named pull, too.
   */
  private static boolean isOnPullRequest(String page) {
    int fragment = page.indexOf('#');
    int number = page.lastIndexOf('/', fragment < 0 ? page.length() : fragment);
    return page.startsWith(KIND, number - KIND.length());
  }
}
