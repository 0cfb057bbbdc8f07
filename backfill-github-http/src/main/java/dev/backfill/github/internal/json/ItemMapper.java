package dev.backfill.github.internal.json;

import dev.backfill.api.history.Repository;

/** A mapper that creates one kind of item from its fields. Stateless. */
public interface ItemMapper<T> {

  /** Returns the fields that it needs. */
  FieldPlan plan();

  /** Returns the field that is the item's key within its target. */
  String keyField();

  T map(Values values, Repository repository) throws InvalidItemException;
}
