package dev.backfill.github.internal.json;

import dev.backfill.api.history.Repository;
import dev.backfill.api.history.ReviewComment;

/**
 * A mapper of comments on the lines of pull requests.
 *
 * @see <a href="https://docs.github.com/en/rest/pulls/comments">GitHub: review comments</a>
 */
public final class ReviewCommentMapper implements ItemMapper<ReviewComment> {

  private static final FieldPlan PLAN =
      FieldPlan.builder()
          .fields(
              "id",
              "pull_request_url",
              "pull_request_review_id",
              "in_reply_to_id",
              "user.id",
              "body")
          .repeated("path", "user.login", "user.type")
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
  public ReviewComment map(Values values, Repository repository) throws InvalidItemException {
    return new ReviewComment(
        repository,
        values.requiredInteger("id"),
        Numbers.lastSegment(values.requiredText("pull_request_url"), "pull_request_url"),
        values.id("pull_request_review_id"),
        values.id("in_reply_to_id"),
        values.text("path"),
        values.account("user"),
        values.textOrEmpty("body"),
        values.requiredTime("created_at"),
        values.requiredTime("updated_at"));
  }
}
