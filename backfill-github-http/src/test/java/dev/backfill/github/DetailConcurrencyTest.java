package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Cursor;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many pull requests are completed at once, against a GitHub that bears so many. */
@Timeout(120)
class DetailConcurrencyTest {

  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedRepository repository = SimulatedRepository.of("sim/repo", 400);

  private Reader<PullRequest> run(SimulatedGitHub github, int bound, Runnable betweenChunks)
      throws InterruptedException {
    try (GitHub client =
        GitHub.builder().apiUrl(github.url()).timeSource(time).detailConcurrency(bound).build()) {
      Reader<PullRequest> reader =
          new Reader<>(client.pullRequests(Set.of(PullRequestExtra.DETAILS)), time);
      reader.betweenChunks = betweenChunks;
      reader.run("sim/repo", Cursor.START);
      assertThat(reader.stored.keySet())
          .containsExactlyElementsOf(repository.numbers().mapToObj(Integer::toString).toList());
      assertThat(reader.stored.values()).allMatch(item -> item.details() != null);
      return reader;
    }
  }

  /** Each answer takes its time, so that it shows how many are under way. */
  private SimulatedGitHub slow() {
    return SimulatedGitHub.builder()
        .repository(repository)
        .quota(1_000_000, Duration.ofHours(1))
        .latency(Duration.ofMillis(10), Duration.ofMillis(20))
        .start();
  }

  @Test
  void whereAllGoesWellItGrowsBeyondFourAndNeverBeyondTheBound() throws Exception {
    try (SimulatedGitHub github = slow()) {
      Reader<PullRequest> reader = run(github, 8, () -> {});
      assertThat(github.mostConcurrent()).as("8 and a page ahead").isBetween(6, 9);
      assertThat(reader.waits).isZero();
    }
  }

  @Test
  void theDefaultIsNeverMoreThanFourAndAPage() throws Exception {
    try (SimulatedGitHub github = slow()) {
      run(github, GitHub.DEFAULT_DETAIL_CONCURRENCY, () -> {});
      assertThat(github.mostConcurrent()).isBetween(3, 5);
    }
  }

  @Test
  void whileALimitLastsNothingLeavesAndAfterItEverythingArrives() throws Exception {
    try (SimulatedGitHub github =
        SimulatedGitHub.builder()
            .repository(repository)
            .quota(1_000_000, Duration.ofHours(1))
            .timeSource(time)
            .start()) {
      int[] chunks = {0};
      Reader<PullRequest> reader =
          run(
              github,
              16,
              () -> {
                if (++chunks[0] % 2 == 0) {
                  github.limitNext(Duration.ofSeconds(30));
                }
              });
      assertThat(reader.waits).isGreaterThan(1);
      assertThat(reader.failures).isZero();
      // What had left together with the request that was limited first meets the limit, too.
      assertThat(github.limited()).isBetween((long) reader.waits, 16L * reader.waits);
      assertThat(github.violations()).isLessThan(16L * reader.waits);
    }
  }
}
