package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Cursor;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Endpoint;
import dev.backfill.testkit.github.Limit;
import dev.backfill.testkit.github.QuotaResource;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import dev.backfill.testkit.github.WrongAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole histories from a server that bears so many requests a minute and no more. */
@Timeout(120)
class PointsPerMinuteTest {

  private static final Duration NAMED = Duration.ofSeconds(3);

  private final ManualTimeSource time = new ManualTimeSource();

  @Test
  void aServerOf600PointsAMinuteIsReadByRestWithFewRefusals() throws Exception {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 2_500);
    SimulatedGitHub.Builder server =
        SimulatedGitHub.builder()
            .withoutLimits()
            .pointsPerMinute(QuotaResource.CORE, 600, Limit.of(NAMED));
    Figures figures = read(server, repository, GitHubTransport.REST, 600);
    // 2,500 for details, 600 a minute at most: no fewer than four minutes.
    assertThat(figures.took()).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(8));
    assertThat(figures.limited()).isLessThanOrEqualTo(3);
  }

  @Test
  void aServerThatRefusesQueriesIsReadWithFewRefusals() throws Exception {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 3_000);
    SimulatedGitHub.Builder server =
        SimulatedGitHub.builder()
            .withoutLimits()
            .pointsPerMinute(
                QuotaResource.GRAPHQL, 40, Limit.of(NAMED).on(QuotaResource.GRAPHQL).status(200));
    Figures figures = read(server, repository, GitHubTransport.GRAPHQL, 40);
    assertThat(figures.took()).isBetween(Duration.ofMinutes(2), Duration.ofMinutes(8));
    assertThat(figures.limited()).isLessThanOrEqualTo(3);
  }

  @Test
  void aServerThatIsBusyTwiceIsReadAtFullSpeed() throws Exception {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 1_000);
    try (SimulatedGitHub github = start(SimulatedGitHub.builder().repository(repository));
        GitHub client = client(github)) {
      for (int requests : new int[] {100, 200}) {
        github.afterRequests(
            requests, () -> github.answerNext(Endpoint.PULL_REQUEST, WrongAnswer.UNAVAILABLE));
      }
      Instant start = time.now();
      Reader<PullRequest> reader = read(client, GitHubTransport.REST);
      assertThat(reader.stored).hasSize(1_000);
      assertThat(reader.failures).isZero();
      assertThat(Duration.between(start, time.now())).isBetween(NAMED.dividedBy(2), NAMED);
    }
  }

  private SimulatedGitHub start(SimulatedGitHub.Builder server) {
    return server.token("ghp_a").timeSource(time).start();
  }

  private GitHub client(SimulatedGitHub github) {
    return GitHub.builder()
        .apiUrl(github.url())
        .token("ghp_a")
        .timeSource(time)
        .maxConcurrency(1)
        .build();
  }

  private Reader<PullRequest> read(GitHub client, GitHubTransport transport) throws Exception {
    Reader<PullRequest> reader =
        new Reader<>(client.pullRequests(Set.of(PullRequestExtra.DETAILS), transport), time);
    reader.run("sim/repo", Cursor.START);
    return reader;
  }

  private record Figures(Duration took, long limited) {}

  private Figures read(
      SimulatedGitHub.Builder server,
      SimulatedRepository repository,
      GitHubTransport transport,
      int points)
      throws Exception {
    try (SimulatedGitHub github = start(server.repository(repository));
        GitHub client = client(github)) {
      Instant start = time.now();
      Reader<PullRequest> reader = read(client, transport);
      assertThat(reader.stored).hasSize((int) repository.numbers().count());
      assertThat(reader.failures).isZero();
      assertThat(github.violations()).isZero();
      assertThat(github.limited()).as("a server of %s points a minute", points).isPositive();
      return new Figures(Duration.between(start, time.now()), github.limited());
    }
  }
}
