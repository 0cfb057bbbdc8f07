package dev.backfill.github.internal.json;

import dev.backfill.api.history.Milestone;
import dev.backfill.api.history.Repository;

/**
 * A mapper of the milestones of a repository.
 *
 * @see <a href="https://docs.github.com/en/rest/issues/milestones">GitHub: milestones</a>
 */
public final class MilestoneMapper implements ItemMapper<Milestone> {

  private static final FieldPlan PLAN =
      FieldPlan.builder()
          .fields("id", "number", "title", "description", "html_url", "state", "creator.id")
          .fields("open_issues", "closed_issues")
          .repeated("creator.login", "creator.type")
          .times("created_at", "updated_at", "closed_at", "due_on")
          .build();

  @Override
  public FieldPlan plan() {
    return PLAN;
  }

  @Override
  public KeyField key() {
    return KeyField.number("number");
  }

  @Override
  public Milestone map(Values values, Repository repository) throws InvalidItemException {
    return new Milestone(
        repository,
        values.requiredInteger("id"),
        values.requiredNumber("number"),
        values.requiredText("title"),
        values.text("description"),
        values.requiredText("state").equals("open"),
        values.account("creator"),
        values.count("open_issues"),
        values.count("closed_issues"),
        values.requiredTime("created_at"),
        values.requiredTime("updated_at"),
        values.time("closed_at"),
        values.time("due_on"),
        values.requiredText("html_url"));
  }
}
