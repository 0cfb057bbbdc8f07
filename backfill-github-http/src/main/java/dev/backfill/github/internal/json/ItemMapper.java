package dev.backfill.github.internal.json;

import dev.backfill.api.history.Repository;

/** A mapper that creates one kind of item from its fields. Stateless. */
public interface ItemMapper<T> {

  /** Returns the fields that it needs. */
  FieldPlan plan();

  /** Returns the field that is the item's key within its target. */
  KeyField key();

  /**
   * Returns true if lists contain items of other kinds, too. They are skipped and count nowhere, so
   * the number of items in a list is unknown.
   */
  default boolean mayBeOfOtherKind() {
    return false;
  }

  /** Returns true for an item of another kind, which is skipped. */
  default boolean isOfOtherKind(Values values) throws InvalidItemException {
    return false;
  }

  T map(Values values, Repository repository) throws InvalidItemException;
}
