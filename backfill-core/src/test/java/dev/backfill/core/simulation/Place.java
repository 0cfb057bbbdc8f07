package dev.backfill.core.simulation;

import dev.backfill.api.source.Cursor;

/**
 * Where a reader of the simulated source is: in the history (pass 0, by key) or in a pass of the
 * catch-up (newest change first).
 *
 * @param level what each item is read with
 * @param since a pass holds what changed at this time or later
 * @param begun when its first page was read, or -1 before
 * @param lastChange when the last item of the pass that was handed out had changed
 * @param lastKey the last item that was handed out
 * @param ended nothing was new in this pass, so that the source is caught up
 */
record Place(
    int level, int pass, long since, long begun, long lastChange, int lastKey, boolean ended)
    implements Comparable<Place> {

  static final long UNREAD = Long.MAX_VALUE;

  static Place start(int level) {
    return new Place(level, 0, 0, -1, UNREAD, 0, false);
  }

  static Place of(Cursor cursor, int level) {
    if (cursor.isStart()) {
      return start(level);
    }
    String[] parts = cursor.value().split(";", -1);
    return new Place(
        Integer.parseInt(parts[0]),
        Integer.parseInt(parts[1]),
        Long.parseLong(parts[2]),
        Long.parseLong(parts[3]),
        Long.parseLong(parts[4]),
        Integer.parseInt(parts[5]),
        Boolean.parseBoolean(parts[6]));
  }

  Cursor cursor() {
    return new Cursor(
        level
            + ";"
            + pass
            + ";"
            + since
            + ";"
            + begun
            + ";"
            + lastChange
            + ";"
            + lastKey
            + ";"
            + ended);
  }

  Place begunAt(long time) {
    return begun >= 0 ? this : new Place(level, pass, since, time, lastChange, lastKey, ended);
  }

  Place behind(World.Row row) {
    return new Place(level, pass, since, begun, row.changedAt(), row.key(), false);
  }

  /** A mistake: the next item of the history is passed over. */
  Place skipping() {
    return new Place(level, pass, since, begun, lastChange, lastKey + 1, false);
  }

  /** A mistake: what changed in the ten seconds before is passed over. */
  Place skippingChanges() {
    return new Place(
        level, pass, since, begun, lastChange - Simulation.seconds(10), lastKey, false);
  }

  Place nextPass() {
    return new Place(level, pass + 1, begun, -1, UNREAD, 0, false);
  }

  Place caughtUp() {
    return new Place(level, pass, begun, -1, 0, 0, true);
  }

  /** The pass that begins when the source is opened here again. */
  Place reopened() {
    return ended ? new Place(level, pass + 1, since, -1, UNREAD, 0, false) : this;
  }

  boolean isHistory() {
    return pass == 0;
  }

  boolean hasReadNothing() {
    return lastChange == UNREAD;
  }

  @Override
  public int compareTo(Place other) {
    if (pass != other.pass) {
      return Integer.compare(pass, other.pass);
    }
    if (ended != other.ended) {
      return ended ? 1 : -1;
    }
    if (isHistory()) {
      return Integer.compare(lastKey, other.lastKey);
    }
    return lastChange == other.lastChange
        ? Integer.compare(other.lastKey, lastKey)
        : Long.compare(other.lastChange, lastChange);
  }
}
