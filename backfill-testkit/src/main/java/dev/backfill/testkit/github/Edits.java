package dev.backfill.testkit.github;

import dev.backfill.api.history.Timestamps;
import java.time.Instant;

/** One comment in ten was edited, up to an hour after it was written. */
final class Edits {

  private Edits() {}

  static Timestamps timestamps(Mix mix, Mix.Use use, long position, Instant createdAt) {
    boolean edited = mix.oneIn(10, Mix.Use.UPDATE, use.ordinal(), position);
    int after = edited ? 1 + mix.below(3_600, Mix.Use.UPDATE, use.ordinal() + 100, position) : 0;
    return new Timestamps(createdAt, createdAt.plusSeconds(after));
  }
}
