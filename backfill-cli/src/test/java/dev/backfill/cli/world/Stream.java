package dev.backfill.cli.world;

import dev.backfill.api.source.PullSource;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.core.BackfillJob;
import dev.backfill.github.GitHubClient;
import dev.backfill.testkit.github.Endpoint;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** One of the histories of the world's repository, and what is known of it. */
final class Stream<T> {

  final Endpoint list;
  final Shelf<T> shelf;
  final int cap;
  private final Function<GitHubClient, PullSource<T>> source;
  private final Supplier<Map<String, Instant>> there;
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
      Shelf<T> shelf,
      Function<GitHubClient, PullSource<T>> source,
      Supplier<Map<String, Instant>> there,
      Supplier<java.util.stream.Stream<T>> exact,
      Function<T, String> shown) {
    this.list = list;
    this.cap = cap;
    this.shelf = shelf;
    this.source = source;
    this.there = there;
    this.exact = exact;
    this.shown = shown;
  }

  BackfillJob<T> job(GitHubClient client) {
    return new BackfillJob<>(source.apply(client), GitHubWorld.TARGET, shelf);
  }

  BackfillKey key(GitHubClient client) {
    return job(client).key();
  }

  Map<String, Instant> there() {
    return there.get();
  }

  @Override
  public String toString() {
    return list.name();
  }
}
