package dev.backfill.github.internal.json;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.PullRequest.Details;
import dev.backfill.api.history.Repository;
import org.jspecify.annotations.Nullable;

/**
 * A mapper of pull requests.
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

  // Looked up once: a list has these by the hundred thousand.
  private static final FieldPlan.Field NUMBER = PLAN.at("number");
  private static final FieldPlan.Field ID = PLAN.at("id");
  private static final FieldPlan.Field HTML_URL = PLAN.at("html_url");
  private static final FieldPlan.Field TITLE = PLAN.at("title");
  private static final FieldPlan.Field BODY = PLAN.at("body");
  private static final FieldPlan.Field USER = PLAN.at("user");
  private static final FieldPlan.Field STATE = PLAN.at("state");
  private static final FieldPlan.Field DRAFT = PLAN.at("draft");
  private static final FieldPlan.Field CREATED_AT = PLAN.at("created_at");
  private static final FieldPlan.Field UPDATED_AT = PLAN.at("updated_at");
  private static final FieldPlan.Field CLOSED_AT = PLAN.at("closed_at");
  private static final FieldPlan.Field MERGED_AT = PLAN.at("merged_at");
  private static final FieldPlan.Field HEAD_REF = PLAN.at("head.ref");
  private static final FieldPlan.Field HEAD_SHA = PLAN.at("head.sha");
  private static final FieldPlan.Field BASE_REF = PLAN.at("base.ref");
  private static final FieldPlan.Field BASE_SHA = PLAN.at("base.sha");

  private final boolean withDetails;

  private PullRequestMapper(boolean withDetails) {
    this.withDetails = withDetails;
  }

  /** Returns a mapper of the fields in a list. */
  public static PullRequestMapper ofLists() {
    return new PullRequestMapper(false);
  }

  /** Returns a mapper of the fields of a single pull request. */
  public static PullRequestMapper ofDetails() {
    return new PullRequestMapper(true);
  }

  @Override
  public FieldPlan plan() {
    return PLAN;
  }

  @Override
  public KeyField key() {
    return KeyField.number("number");
  }

  @Override
  public PullRequest map(Values values, Repository repository) throws InvalidItemException {
    return PullRequest.builder()
        .repository(repository)
        .number(values.requiredNumber(NUMBER))
        .githubId(values.requiredInteger(ID))
        .htmlUrl(values.textOrEmpty(HTML_URL))
        .title(values.requiredText(TITLE))
        .body(values.text(BODY))
        .author(values.account(USER))
        .open(isOpen(values.requiredText(STATE)))
        .draft(values.flag(DRAFT))
        .createdAt(values.requiredTime(CREATED_AT))
        .updatedAt(values.requiredTime(UPDATED_AT))
        .closedAt(values.time(CLOSED_AT))
        .mergedAt(values.time(MERGED_AT))
        .headRef(values.text(HEAD_REF))
        .headSha(values.text(HEAD_SHA))
        .baseRef(values.requiredText(BASE_REF))
        .baseSha(values.text(BASE_SHA))
        .details(details(values))
        .build();
  }

  private static boolean isOpen(String text) throws InvalidItemException {
    return switch (text) {
      case "open" -> true;
      case "closed" -> false;
      default -> throw new InvalidItemException("state is neither open nor closed");
    };
  }

  private @Nullable Details details(Values values) throws InvalidItemException {
    if (!withDetails) {
      return null;
    }
    return new Details(
        values.count("additions"),
        values.count("deletions"),
        values.count("changed_files"),
        values.count("commits"),
        values.count("comments"),
        values.count("review_comments"),
        values.account("merged_by"));
  }
}
