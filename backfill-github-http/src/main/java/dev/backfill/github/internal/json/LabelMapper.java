package dev.backfill.github.internal.json;

import dev.backfill.api.history.Label;
import dev.backfill.api.history.Repository;

/**
 * A mapper of the labels of a repository.
 *
 * @see <a href="https://docs.github.com/en/rest/issues/labels">GitHub: labels</a>
 */
public final class LabelMapper implements ItemMapper<Label> {

  private static final FieldPlan PLAN =
      FieldPlan.of("id", "name", "color", "description", "default");

  @Override
  public FieldPlan plan() {
    return PLAN;
  }

  @Override
  public KeyField key() {
    return KeyField.text("name");
  }

  @Override
  public Label map(Values values, Repository repository) throws InvalidItemException {
    return new Label(
        repository,
        values.requiredInteger("id"),
        values.requiredText("name"),
        values.requiredText("color"),
        values.text("description"),
        values.flag("default"));
  }
}
