package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command against servers that answer a share of all requests in ten wrong ways. */
@Timeout(300)
class WrongAnswersIT {

  private static final String TOKEN = "ghp_tokenOfTheWrongAnswersTests";
  private static final int PER_MILLE = 40;
  private static final int SEEDS = Integer.getInteger("backfill.wrong.seeds", 5);

  @TempDir Path folder;

  private final SimulatedRepository repository =
      SimulatedRepository.builder("sim/repo").pullRequests(250).issueComments(3).build();

  /** The runs of all seeds at once, since each of them mostly waits. */
  @ParameterizedTest
  @ValueSource(strings = {"rest", "graphql"})
  void aRunEndsCompleteAndExact(String transport) {
    List<Run> runs =
        IntStream.rangeClosed(1, SEEDS).mapToObj(seed -> start(transport, seed)).toList();
    Map<String, List<String>> expected = withoutGhosts(expected(transport));
    for (Run run : runs) {
      try (run) {
        assertThat(run.process.await(Duration.ofMinutes(4))).as(run.toString()).isZero();
        assertThat(withoutGhosts(HistoryRows.inDefaultDatabase(run.folder)))
            .as(run.toString())
            .isEqualTo(expected);
        assertThat(run.github.requests()).as("no storm").isLessThan(1_500);
      }
    }
  }

  private Map<String, List<String>> expected(String transport) {
    return transport.equals("rest") ? HistoryRows.of(repository) : HistoryRows.queried(repository);
  }

  /** A query that fails is made good by REST, which names deleted accounts otherwise. */
  private static Map<String, List<String>> withoutGhosts(Map<String, List<String>> rows) {
    Map<String, List<String>> without = new TreeMap<>();
    rows.forEach(
        (table, lines) ->
            without.put(
                table,
                lines.stream().map(line -> line.replace("|10137|ghost|", "|null|null|")).toList()));
    return without;
  }

  private Run start(String transport, int seed) {
    try {
      Path own = Files.createDirectory(folder.resolve(transport + "-" + seed));
      SimulatedGitHub github =
          SimulatedGitHub.builder()
              .repository(repository)
              .token(TOKEN)
              .quota(1_000_000, Duration.ofHours(1))
              .start();
      github.answerWrongly(PER_MILLE, seed);
      CliProcess process =
          CliProcess.in(own)
              .env("GITHUB_API_URL", github.url())
              .env("GITHUB_TOKEN", TOKEN)
              .start("run", "sim/repo", "--transport", transport);
      return new Run(seed, own, github, process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Run(int seed, Path folder, SimulatedGitHub github, CliProcess process)
      implements AutoCloseable {

    @Override
    public void close() {
      process.close();
      github.close();
    }

    @Override
    public String toString() {
      return "seed " + seed + "\n" + process;
    }
  }
}
