package dev.backfill.testkit.github;

import java.time.Instant;

/** The times of edits: one comment in ten was edited, up to an hour after its creation. */
final class Edits {

  private Edits() {}

  static Timestamps timestamps(
      SeededRandom random, SeededRandom.Use use, long position, Instant createdAt) {
    boolean edited = random.oneIn(10, SeededRandom.Use.UPDATE, use.ordinal(), position);
    int after =
        edited
            ? 1 + random.below(3_600, SeededRandom.Use.UPDATE, use.ordinal() + 100, position)
            : 0;
    return new Timestamps(createdAt, createdAt.plusSeconds(after));
  }
}
