package dev.backfill.github.internal.json;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.PullRequest.Branches;
import dev.backfill.api.history.PullRequest.Content;
import dev.backfill.api.history.PullRequest.Details;
import dev.backfill.api.history.PullRequest.Identity;
import dev.backfill.api.history.PullRequest.Lifecycle;
import dev.backfill.api.history.PullRequest.State;
import dev.backfill.api.history.Repository;
import org.jspecify.annotations.Nullable;

/**
 * Reads pull requests.
 *
 * @see <a href="https://docs.github.com/en/rest/pulls/pulls">GitHub: pull requests</a>
 */
public final class PullRequestMapper implements ItemMapper<PullRequest> {

  private static final FieldPlan PLAN =
      FieldPlan.builder()
          .fields(
              "id",
              "number",
              "html_url",
              "title",
              "body",
              "draft",
              "user.id",
              "head.ref",
              "head.sha",
              "base.sha",
              "additions",
              "deletions",
              "changed_files",
              "commits",
              "comments",
              "review_comments",
              "merged_by.id")
          .repeated(
              "state", "user.login", "user.type", "base.ref", "merged_by.login", "merged_by.type")
          .times("created_at", "updated_at", "closed_at", "merged_at")
          .build();

  private final boolean withDetails;

  private PullRequestMapper(boolean withDetails) {
    this.withDetails = withDetails;
  }

  /** Reads what a list has. */
  public static PullRequestMapper ofLists() {
    return new PullRequestMapper(false);
  }

  /** Reads what the pull request alone has. */
  public static PullRequestMapper ofDetails() {
    return new PullRequestMapper(true);
  }

  @Override
  public FieldPlan plan() {
    return PLAN;
  }

  @Override
  public String keyField() {
    return "number";
  }

  @Override
  public PullRequest map(Values values, Repository repository) throws InvalidItemException {
    return new PullRequest(
        repository,
        new Identity(
            values.requiredNumber("number"),
            values.requiredInteger("id"),
            values.textOrEmpty("html_url")),
        new Content(
            values.requiredText("title"),
            values.text("body"),
            values.account("user"),
            state(values.requiredText("state")),
            values.flag("draft")),
        new Lifecycle(
            values.requiredTime("created_at"),
            values.requiredTime("updated_at"),
            values.time("closed_at"),
            values.time("merged_at")),
        new Branches(
            values.text("head.ref"),
            values.text("head.sha"),
            values.requiredText("base.ref"),
            values.text("base.sha")),
        details(values),
        null);
  }

  private static State state(String text) throws InvalidItemException {
    return switch (text) {
      case "open" -> State.OPEN;
      case "closed" -> State.CLOSED;
      default -> throw new InvalidItemException("state is neither open nor closed");
    };
  }

  private @Nullable Details details(Values values) throws InvalidItemException {
    if (!withDetails) {
      return null;
    }
    return new Details(
        values.requiredCount("additions"),
        values.requiredCount("deletions"),
        values.requiredCount("changed_files"),
        values.requiredCount("commits"),
        values.requiredCount("comments"),
        values.requiredCount("review_comments"),
        values.account("merged_by"));
  }
}
