package dev.backfill.github.internal.read;

import dev.backfill.github.internal.cursor.NewestItem;
import java.time.Instant;

/**
 * The times of an item, and its number.
 *
 * @param createdAt time of creation
 * @param updatedAt time of the last change
 * @param number the number that ascends in the order of creation
 */
public record Timestamps(Instant createdAt, Instant updatedAt, long number) {

  /** Returns its place in the order of creation. */
  public NewestItem creation() {
    return new NewestItem(createdAt, number);
  }
}
