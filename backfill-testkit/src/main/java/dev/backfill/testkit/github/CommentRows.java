package dev.backfill.testkit.github;

import dev.backfill.api.history.Timestamps;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Comments in the order of creation: those that are derived and those that a test has added. */
abstract class CommentRows implements Rows {

  private final Deletions deletions;
  private final Additions additions = new Additions();
  private final ItemChanges itemChanges = new ItemChanges();

  CommentRows(Deletions deletions) {
    this.deletions = deletions;
  }

  /** How many are derived. */
  abstract long derivedSize();

  /** The issue or pull request that the n-th derived one belongs to. */
  abstract int derivedNumber(long derived);

  /** When the n-th derived one was written and changed. */
  abstract Timestamps derivedTimestamps(long derived);

  /** The position of the one with an id; -1 without one. */
  abstract long position(long id);

  /** How many comments of this kind a number has. */
  abstract int count(int number);

  final Additions additions() {
    return additions;
  }

  @Override
  public final long size() {
    return derivedSize() + additions.size();
  }

  @Override
  public final boolean hasGaps() {
    return !deletions.isEmpty();
  }

  @Override
  public final boolean isIn(long position, String state) {
    return deletions.isEmpty() || !deletions.has(number(position));
  }

  @Override
  public final long version() {
    return size() + (itemChanges.changes() + deletions.count() << 32);
  }

  @Override
  public final Instant updatedAt(long position) {
    return timestamps(position).updatedAt();
  }

  /** How many there are, without those of pull requests that were deleted. */
  final long count() {
    return size() - deletions.numbers().stream().mapToLong(this::count).sum();
  }

  /** The issue or pull request that the one at a position belongs to. */
  final int number(long position) {
    Additions.Added added = additions.at(position);
    return added == null ? derivedNumber(additions.derived(position)) : added.number();
  }

  final Timestamps timestamps(long position) {
    ItemChanges.ItemChange touch = itemChanges.of(position);
    Additions.Added added = additions.at(position);
    if (added != null) {
      return Additions.timestamps(added, touch);
    }
    Timestamps derived = derivedTimestamps(additions.derived(position));
    return touch == null ? derived : new Timestamps(derived.createdAt(), touch.updatedAt());
  }

  /** The text of the one at a position, whose first version is given. */
  final String text(long position, String original) {
    ItemChanges.@Nullable ItemChange touch = itemChanges.of(position);
    return touch == null ? original : touch.text(original);
  }

  /** Where the one with an id is. */
  final long require(long id) {
    long position = position(id);
    if (position < 0 || position >= size() || !isIn(position, "all")) {
      throw new IllegalArgumentException("there is no comment " + id);
    }
    return position;
  }

  /** Whether there is one with an id. */
  final boolean has(long id) {
    long position = position(id);
    return position >= 0 && position < size() && isIn(position, "all");
  }

  /** Adds one now; gives its position. */
  final long add(int number, Instant now) {
    long position = size();
    Instant at = now.truncatedTo(ChronoUnit.SECONDS);
    Instant last = position == 0 ? at : timestamps(position - 1).createdAt();
    additions.add(new Additions.Added(position, number, at.isBefore(last) ? last : at));
    return position;
  }

  /** Changes the text of the one with an id now. */
  final void touch(long id, Instant now) {
    long position = require(id);
    itemChanges.touch(position, updatedAt(position), now, true);
  }
}
