package dev.backfill.testkit.github;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Comments in the order of creation, both derived and added by a test. */
abstract class CommentRows implements Rows {

  private final Deletions deletions;
  private final Additions additions = new Additions();
  private final ItemChanges itemChanges = new ItemChanges();

  CommentRows(Deletions deletions) {
    this.deletions = deletions;
  }

  /** Returns the number of derived comments. */
  abstract long derivedSize();

  /** Returns the issue or pull request of the n-th derived comment. */
  abstract int derivedNumber(long derived);

  /** Returns the times of creation and last change of the n-th derived comment. */
  abstract Timestamps derivedTimestamps(long derived);

  /** Returns the position of the comment with an id; -1 if there is none. */
  abstract long position(long id);

  /** Returns the number of comments of this kind on an issue or pull request. */
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

  /** Returns the number of comments, without those of deleted pull requests. */
  final long count() {
    return size() - deletions.numbers().stream().mapToLong(this::count).sum();
  }

  /** Returns the issue or pull request of the comment at a position. */
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

  /** Returns the text of the comment at a position, from its given first version. */
  final String text(long position, String original) {
    ItemChanges.@Nullable ItemChange touch = itemChanges.of(position);
    return touch == null ? original : touch.text(original);
  }

  /** Returns the position of the comment with an id. */
  final long require(long id) {
    long position = position(id);
    if (position < 0 || position >= size() || !isIn(position, "all")) {
      throw new IllegalArgumentException("there is no comment " + id);
    }
    return position;
  }

  /** Returns true if there is a comment with an id. */
  final boolean has(long id) {
    long position = position(id);
    return position >= 0 && position < size() && isIn(position, "all");
  }

  /** Adds a comment now; returns its position. */
  final long add(int number, Instant now) {
    long position = size();
    Instant at = now.truncatedTo(ChronoUnit.SECONDS);
    Instant last = position == 0 ? at : timestamps(position - 1).createdAt();
    additions.add(new Additions.Added(position, number, at.isBefore(last) ? last : at));
    return position;
  }

  /** Changes the text of the comment with an id now. */
  final void touch(long id, Instant now) {
    long position = require(id);
    itemChanges.touch(position, updatedAt(position), now, true);
  }
}
