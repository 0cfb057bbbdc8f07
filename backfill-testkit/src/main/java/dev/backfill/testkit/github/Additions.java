package dev.backfill.testkit.github;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Comments that a test has added to a list that is derived from a seed. A position counts added and
 * derived comments in the order of creation, and never changes. Safe for any number of reading
 * threads while one thread writes.
 */
final class Additions {

  /** An added comment, with its position and its issue or pull request. */
  record Added(long position, int number, Instant createdAt) {}

  private final List<Added> all = new CopyOnWriteArrayList<>();

  int size() {
    return all.size();
  }

  void add(Added added) {
    all.add(added);
  }

  /** Returns the added comment at a position; null if the comment there is derived. */
  @Nullable Added at(long position) {
    int before = before(position);
    if (before == all.size()) {
      return null;
    }
    Added next = all.get(before);
    return next.position() == position ? next : null;
  }

  /** Returns the index of a derived comment among the derived comments. */
  long derived(long position) {
    return position - before(position);
  }

  /** Returns the position of the n-th derived comment. */
  long position(long derived) {
    long position = derived;
    for (Added added : all) {
      if (added.position() > position) {
        break;
      }
      position++;
    }
    return position;
  }

  int count(int number) {
    return (int) all.stream().filter(added -> added.number() == number).count();
  }

  /** Returns the times of creation and last change of an added comment. */
  static Timestamps timestamps(Added added, ItemChanges.@Nullable ItemChange touch) {
    return new Timestamps(added.createdAt(), touch == null ? added.createdAt() : touch.updatedAt());
  }

  private int before(long position) {
    int low = 0;
    int high = all.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (all.get(middle).position() < position) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
