package dev.backfill.github.internal.json;

import dev.backfill.api.history.Repository;
import dev.backfill.api.history.Review;

/**
 * A mapper of the reviews of one pull request.
 *
 * @see <a href="https://docs.github.com/en/rest/pulls/reviews">GitHub: reviews</a>
 */
public record ReviewMapper(int pullRequestNumber) implements ItemMapper<Review> {

  private static final FieldPlan PLAN =
      FieldPlan.builder()
          .fields("id", "user.id", "body", "commit_id")
          .repeated("state", "user.login", "user.type")
          .times("submitted_at")
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
  public Review map(Values values, Repository repository) throws InvalidItemException {
    return new Review(
        values.requiredInteger("id"),
        pullRequestNumber,
        values.requiredText("state"),
        values.account("user"),
        // A pending review has none yet.
        values.time("submitted_at"),
        values.text("body"),
        values.text("commit_id"));
  }
}
