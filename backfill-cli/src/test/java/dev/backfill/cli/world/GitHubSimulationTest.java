package dev.backfill.cli.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whole worlds of GitHub: what is stored at the end is what there is, whatever happened. */
class GitHubSimulationTest {

  private static final long DEFAULT_SEEDS = 300;

  /** A long run goes on after a failure, up to so many. */
  private static final int MAX_FAILURES = 20;

  private static final long REPORTED = 5_000;
  private static final PrintStream ERR = System.err;

  @BeforeAll
  static void silenceTheLog() {
    System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
  }

  @AfterAll
  static void restoreTheLog() {
    System.setErr(ERR);
  }

  @Test
  void whateverHappensTheRowsAreWhatThereIs() {
    Long one = Long.getLong("backfill.worlds.seed");
    long first = one != null ? one : Long.getLong("backfill.worlds.first", 0);
    long count = one != null ? 1 : Long.getLong("backfill.worlds.seeds", DEFAULT_SEEDS);
    Map<String, Long> coverage = new TreeMap<>();
    List<AssertionError> failures = new ArrayList<>();
    for (long seed = first; seed < first + count && failures.size() < MAX_FAILURES; seed++) {
      try {
        GitHubWorld.run(seed, coverage);
      } catch (AssertionError e) {
        failures.add(e);
        System.out.println(e.getMessage());
      }
      if ((seed - first + 1) % REPORTED == 0) {
        System.out.println(
            "Simulated worlds: " + (seed - first + 1) + ", failed: " + failures.size());
      }
    }
    System.out.println("Simulated worlds: " + coverage);
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
    assertThat(coverage).containsEntry("worlds", count);
    if (count >= DEFAULT_SEEDS) {
      assertThat(coverage)
          .containsKeys(
              List.of(
                      "another process meanwhile",
                      "change: add",
                      "change: comment on",
                      "change: delete",
                      "change: delete a review",
                      "change: edit",
                      "change: edit comment",
                      "change: review",
                      "feature switched",
                      "gap behind a page cap",
                      "limit told",
                      "process replaced",
                      "queries refused: -1",
                      "queries refused: -2",
                      "queries refused: 200",
                      "queries refused: 401",
                      "queries refused: 404",
                      "queries refused: 502",
                      "RETRY Done",
                      "RUN ContinueAt",
                      "RUN ContinueNow",
                      "RUN Held",
                      "RUN Stopped",
                      "VERIFY Done",
                      "wrong answer")
                  .toArray(String[]::new));
    }
  }

  @Test
  void theSameSeedGivesTheSameWorld() {
    for (long seed = 0; seed < 20; seed++) {
      assertThat(GitHubWorld.run(seed, new TreeMap<>()))
          .as("what happened in world %d", seed)
          .isEqualTo(GitHubWorld.run(seed, new TreeMap<>()));
    }
  }
}
