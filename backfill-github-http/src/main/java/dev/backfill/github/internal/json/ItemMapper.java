package dev.backfill.github.internal.json;

import dev.backfill.api.history.Repository;

/** Makes one kind of item from its fields. Stateless. */
public interface ItemMapper<T> {

  /** The fields that it needs. */
  FieldPlan plan();

  /** The field that is the item's key within its target. */
  String keyField();

  T map(Values values, Repository repository) throws InvalidItemException;
}
