package dev.backfill.testkit.github;

import dev.backfill.api.history.Repository;
import java.time.Instant;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** What everything in one repository is derived from. */
record World(
    SeededRandom random,
    Numbering numbering,
    Timeline timeline,
    Ids ids,
    Prose prose,
    Supplier<Repository> repository,
    IntSupplier pullRequests) {

  /** The newest number, that of a pull request; 0 when there is none. */
  int lastNumber() {
    int count = pullRequests.getAsInt();
    return count == 0 ? 0 : numbering.number(count - 1);
  }

  /** When the n-th of some things that belong to a number was written, in order. */
  Instant within(int number, int n, int count) {
    return timeline.created(number).plusSeconds(timeline.room(number) * (n + 1) / (count + 1));
  }
}
