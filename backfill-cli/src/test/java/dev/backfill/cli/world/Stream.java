package dev.backfill.cli.world;

import dev.backfill.api.source.PullSource;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.github.GitHub;
import dev.backfill.testkit.github.Endpoint;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** One of the histories of the world's repository, and what is known of it. */
final class Stream<T> {

  final Endpoint list;
  final InMemoryTable<T> table;
  final int cap;
  private final Function<GitHub, PullSource<T>> source;
  private final Supplier<Map<String, Instant>> existing;
  final Function<T, String> shown;
  final Supplier<java.util.stream.Stream<T>> exact;

  /** What was there when the present session began; null between two. */
  Map<String, Instant> session;

  /** Whether something that the docs except happened in the session. */
  boolean excepted;

  Instant notBefore = Instant.MIN;

  Stream(
      Endpoint list,
      int cap,
      InMemoryTable<T> table,
      Function<GitHub, PullSource<T>> source,
      Supplier<Map<String, Instant>> existing,
      Supplier<java.util.stream.Stream<T>> exact,
      Function<T, String> shown) {
    this.list = list;
    this.cap = cap;
    this.table = table;
    this.source = source;
    this.existing = existing;
    this.exact = exact;
    this.shown = shown;
  }

  BackfillSpec<T> job(GitHub client) {
    return new BackfillSpec<>(source.apply(client), GitHubWorld.TARGET, table);
  }

  BackfillKey key(GitHub client) {
    return job(client).key();
  }

  Map<String, Instant> expected() {
    return existing.get();
  }

  @Override
  public String toString() {
    return list.name();
  }
}
