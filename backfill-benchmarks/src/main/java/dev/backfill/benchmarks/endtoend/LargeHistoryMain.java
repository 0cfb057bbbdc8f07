package dev.backfill.benchmarks.endtoend;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.history.PullRequest;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillJob;
import dev.backfill.core.SliceLimits;
import dev.backfill.core.SliceResult;
import dev.backfill.github.GitHubClient;
import dev.backfill.github.GitHubSources;
import dev.backfill.jdbc.JdbcStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Brings a large history and prints the rate and the statements a chunk at both ends of it. */
public final class LargeHistoryMain {

  private record Mark(long items, long nanos, long statements) {}

  private LargeHistoryMain() {}

  /**
   * Runs it.
   *
   * @param args none
   * @throws InterruptedException never
   */
  public static void main(String[] args) throws InterruptedException {
    Errand errand = Errand.ofProperties();
    AtomicLong statements = new AtomicLong();
    List<Mark> marks = new ArrayList<>();
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(errand.database());
    try (HikariDataSource database = new HikariDataSource(config);
        GitHubClient gitHub =
            GitHubClient.builder().apiUrl(errand.gitHub()).token(ReplayingGitHub.TOKEN).build()) {
      JdbcStore store = JdbcStore.open(CountingDataSource.of(database, statements));
      try (BackfillEngine engine =
          BackfillEngine.builder(store.progress())
              .listener(
                  event -> {
                    if (event instanceof BackfillEvent.ChunkCommitted chunk) {
                      marks.add(new Mark(chunk.items(), System.nanoTime(), statements.get()));
                    }
                  })
              .build()) {
        SliceResult result =
            engine.runSlice(
                new BackfillJob<PullRequest>(
                    GitHubSources.pullRequests(gitHub, Set.of()),
                    errand.repository(),
                    store.pullRequests()),
                SliceLimits.UNLIMITED);
        if (!(result instanceof SliceResult.Done)) {
          throw new IllegalStateException("the backfill ended with " + result);
        }
      }
    }
    int tenth = marks.size() / 10;
    // The JVM compiles during the first chunks; they are the JVM's and not ours.
    int from = Math.min(tenth / 2, 500);
    System.out.printf(
        "RESULT %d %.1f %.1f %.3f %.3f%n",
        marks.stream().mapToLong(Mark::items).sum(),
        rate(marks.subList(from, from + tenth)),
        rate(marks.subList(marks.size() - tenth, marks.size())),
        statementsPerChunk(marks.subList(from, from + tenth)),
        statementsPerChunk(marks.subList(marks.size() - tenth, marks.size())));
    System.exit(0);
  }

  private static double rate(List<Mark> marks) {
    long items = marks.stream().skip(1).mapToLong(Mark::items).sum();
    return items * 1e9 / (marks.get(marks.size() - 1).nanos() - marks.get(0).nanos());
  }

  private static double statementsPerChunk(List<Mark> marks) {
    return (double) (marks.get(marks.size() - 1).statements() - marks.get(0).statements())
        / (marks.size() - 1);
  }
}
