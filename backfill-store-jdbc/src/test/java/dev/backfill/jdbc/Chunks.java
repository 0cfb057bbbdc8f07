package dev.backfill.jdbc;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Chunks and leases for tests. */
final class Chunks {

  static final BackfillKey KEY = new BackfillKey("github:pull-requests", "owner/name");

  private Chunks() {}

  static Lease claim(ProgressStore progress, String owner) {
    Claim claim =
        progress.claim(
            progress.register(KEY, "manual").id(),
            new LeaseRequest(owner, "local", Duration.ofMinutes(5)));
    return claim.lease();
  }

  static <T> ChunkCommit<T> chunk(
      long number, List<T> items, List<RejectedItem> rejected, Total total) {
    return new ChunkCommit<>(
        number,
        UUID.randomUUID(),
        number == 1 ? Cursor.START : new Cursor("after " + (number - 1)),
        new Chunk<>(items, rejected, new Cursor("after " + number), false, 2),
        new Decision.Proceed(25, 0, "the rule", "what the policy saw"),
        5000 - 2 * number,
        Duration.ofMillis(100),
        History.T0,
        total);
  }

  static <T> ChunkCommit<T> chunk(long number, List<T> items) {
    return chunk(number, items, List.of(), Total.exact(100));
  }

  /** A chunk's two pull requests: one as a list has it, one with details and a review. */
  static List<PullRequest> pullRequests(long number) {
    int first = (int) (2 * number);
    return List.of(
        History.pullRequest(first, "first", History.T0),
        History.pullRequest(
            first + 1,
            "second",
            History.ALICE,
            History.at(1),
            History.DETAILS,
            List.of(History.review(number, first + 1, "APPROVED"))));
  }
}
