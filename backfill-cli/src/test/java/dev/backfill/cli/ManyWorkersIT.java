package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several processes with the same list of repositories, on one database. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class ManyWorkersIT {

  private static final int ITEMS = Integer.getInteger("backfill.items", 1_000);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {2, 8})
  void workersThatContendStoreEachChunkOnce(int workers) throws Exception {
    List<SimulatedRepository> repositories =
        IntStream.rangeClosed(1, workers)
            .mapToObj(i -> SimulatedRepository.of("sim/repo" + i, ITEMS))
            .toList();
    List<String> names = repositories.stream().map(each -> each.repository().fullName()).toList();
    try (PostgresServer postgres = PostgresServer.start();
        SimulatedGitHub gitHub =
            SimulatedGitHub.builder()
                .repository(repositories.toArray(SimulatedRepository[]::new))
                .quota(1_000_000, Duration.ofHours(1))
                .start()) {
      long start = System.nanoTime();
      List<CliProcess> processes = new ArrayList<>();
      try {
        for (int i = 0; i < workers; i++) {
          processes.add(
              CliProcess.in(folder)
                  .env("GITHUB_API_URL", gitHub.url())
                  .jvm("-Xmx128m")
                  .start(postgres.with(run(names, i))));
        }
        for (CliProcess process : processes) {
          assertThat(process.await(Duration.ofMinutes(10))).as(process.toString()).isZero();
        }
      } finally {
        processes.forEach(CliProcess::close);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          "%d workers, %,d rows in %.1f s: %,.0f rows/s%n",
          workers, workers * ITEMS, seconds, workers * ITEMS / seconds);

      ChunkLedger.assertSound(postgres.url(), PostgresServer.USER, workers + " workers");
      List<List<String>> rows =
          List.of(
              HistoryRows.in(postgres.url(), PostgresServer.USER).get("pull requests"),
              repositories.stream()
                  .flatMap(each -> HistoryRows.listed(each).stream())
                  .sorted()
                  .toList());
      assertThat(rows.get(0)).isEqualTo(rows.get(1));
    }
  }

  /** The same list for all, but each begins elsewhere in it; else all wait for the first. */
  private static String[] run(List<String> names, int first) {
    List<String> args = new ArrayList<>(names);
    Collections.rotate(args, -first);
    args.add(0, "run");
    args.addAll(List.of("--include=none", "--parallel=2"));
    return args.toArray(String[]::new);
  }
}
