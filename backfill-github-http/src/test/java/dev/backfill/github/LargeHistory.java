package dev.backfill.github;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.SourceSession;
import java.net.URI;
import java.util.Set;

/** Reads a whole history and says how many items and requests it was; run in a small heap. */
final class LargeHistory {

  private LargeHistory() {}

  public static void main(String[] args) throws InterruptedException {
    long items = 0;
    long spent = 0;
    try (GitHub client = GitHub.builder().apiUrl(URI.create(args[0])).build();
        SourceSession<PullRequest> session =
            client.pullRequests(Set.of()).open(args[1], Cursor.START)) {
      Chunk<PullRequest> chunk;
      do {
        chunk = session.next(50, 0);
        items += chunk.items().size();
        spent += chunk.quotaSpent();
      } while (!chunk.last());
    }
    System.out.println(items + " items, " + spent + " requests");
  }
}
