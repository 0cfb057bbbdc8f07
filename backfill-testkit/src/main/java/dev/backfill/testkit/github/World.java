package dev.backfill.testkit.github;

import dev.backfill.api.history.Repository;
import java.time.Instant;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** The values from which everything in one repository is derived. */
record World(
    SeededRandom random,
    Numbering numbering,
    Timeline timeline,
    Ids ids,
    Prose prose,
    Supplier<Repository> repository,
    IntSupplier pullRequests) {

  /** Returns the newest number, which is a pull request's; 0 without one. */
  int lastNumber() {
    int count = pullRequests.getAsInt();
    return count == 0 ? 0 : numbering.number(count - 1);
  }

  /** Returns the creation time of the n-th of some parts of a number, in order. */
  Instant within(int number, int n, int count) {
    return timeline.created(number).plusSeconds(timeline.room(number) * (n + 1) / (count + 1));
  }
}
