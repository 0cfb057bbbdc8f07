package dev.backfill.benchmarks.endtoend;

import com.sun.management.OperatingSystemMXBean;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.history.PullRequest;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A run that fetches a large history and prints its number of items. For each tenth of its chunks
 * it prints the items a second, the statements a chunk, and the processor's microseconds an item.
 */
public final class LargeHistoryMain {

  static final int TENTHS = 10;

  private record Mark(long items, long nanos, long statements, long cpuNanos) {}

  private LargeHistoryMain() {}

  /**
   * Runs it.
   *
   * @param args none
   * @throws InterruptedException never
   */
  public static void main(String[] args) throws InterruptedException {
    ContestantTask task = ContestantTask.ofProperties();
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    AtomicLong statements = new AtomicLong();
    List<Mark> marks = new ArrayList<>();
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(task.database());
    try (HikariDataSource database = new HikariDataSource(config);
        GitHub gitHub =
            GitHub.builder().apiUrl(task.gitHub()).token(ReplayingGitHub.TOKEN).build()) {
      JdbcStore store = JdbcStore.open(CountingDataSource.of(database, statements));
      try (BackfillEngine engine =
          BackfillEngine.builder(store.progress())
              .listener(
                  event -> {
                    if (event instanceof BackfillEvent.ChunkCommitted chunk) {
                      marks.add(
                          new Mark(
                              chunk.items(),
                              System.nanoTime(),
                              statements.get(),
                              process.getProcessCpuTime()));
                    }
                  })
              .build()) {
        SliceResult result =
            engine.runSlice(
                new BackfillSpec<PullRequest>(
                    gitHub.pullRequests(Set.of()), task.repository(), store.pullRequests()),
                SliceLimits.UNLIMITED);
        if (!(result instanceof SliceResult.Done)) {
          throw new IllegalStateException("the backfill ended with " + result);
        }
      }
    }
    System.out.print("RESULT " + marks.stream().mapToLong(Mark::items).sum());
    for (int tenth = 0; tenth < TENTHS; tenth++) {
      // Each begins with the last chunk of the one before it.
      int from = Math.max(0, marks.size() * tenth / TENTHS - 1);
      List<Mark> part = marks.subList(from, marks.size() * (tenth + 1) / TENTHS);
      Mark first = part.get(0);
      Mark last = part.get(part.size() - 1);
      double items = part.stream().skip(1).mapToLong(Mark::items).sum();
      System.out.printf(
          Locale.ROOT,
          " %.1f %.3f %.2f",
          items * 1e9 / (last.nanos() - first.nanos()),
          (double) (last.statements() - first.statements()) / (part.size() - 1),
          (last.cpuNanos() - first.cpuNanos()) / items / 1e3);
    }
    System.out.println();
    System.exit(0);
  }
}
