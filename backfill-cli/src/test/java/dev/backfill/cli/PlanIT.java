package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.testkit.github.Endpoint;
import dev.backfill.testkit.github.QuotaResource;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the real program says that a run would cost, and what the run costs then. */
class PlanIT {

  /** Enough for the one with 250 reviews, which no plan can know of, to make no difference. */
  private static final int COUNT = 1_000;

  @TempDir Path folder;

  @Test
  void saysWhatEachTransportCostsAndBringsNothing() {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 2_500);
    try (SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start()) {
      CliProcess plan =
          cli(github).env("GITHUB_TOKEN", "token").run("plan", "sim/repo", "Sim/Repo");
      assertThat(plan.exitCode()).as(plan.toString()).isZero();
      List<String> lines = plan.out().lines().toList();
      assertThat(lines).as(plan.toString()).hasSize(6);
      assertThat(lines.get(0))
          .isEqualTo(
              "sim/repo: 2,500 pull requests, %,d review comments, %,d issue comments"
                  .formatted(repository.reviewCommentCount(), repository.issueCommentCount()));
      assertThat(lines.get(1)).startsWith("  TRANSPORT");
      assertThat(lines.get(2)).startsWith("  rest ").contains("1h ").endsWith("-");
      assertThat(lines.get(3)).startsWith("  graphql ").contains(" 101 ").endsWith("5m 03s");
      assertThat(lines.get(4))
          .startsWith("  run would use graphql: about 5m 03s, since the queries");
      assertThat(lines.get(5)).isEqualTo("This estimate cost 2 requests and 1 point.");
      assertThat(plan.err()).isEmpty();
      assertThat(github.requests()).isEqualTo(3);
      assertThat(folder).as("no database was opened").isEmptyDirectory();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "rest", "GraphQL"})
  void requirement18_aRunCostsWhatThePlanSaid(String transport) throws IOException {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", COUNT);
    try (SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start()) {
      CliProcess.Builder cli = cli(github).env("GITHUB_TOKEN", "token");
      CliProcess plan = cli.run("plan", "sim/repo", "--transport", transport, "--json");
      assertThat(plan.exitCode()).as(plan.toString()).isZero();
      JsonNode json = new ObjectMapper().readTree(plan.out());
      assertThat(json.path("status").asText()).isEqualTo("planned");
      JsonNode planned = json.path("repositories").path(0);
      String chosen = transport.equals("rest") ? "rest" : "graphql";
      assertThat(planned.path("transport").asText()).isEqualTo(chosen);
      assertThat(planned.path("streams").path(0).path("items").asInt()).isEqualTo(COUNT);
      assertThat(planned.path("spent").path("requests").asInt()).isEqualTo(2);
      assertThat(planned.path("spent").path("points").asInt()).isEqualTo(1);
      JsonNode cost = null;
      for (JsonNode candidate : planned.path("transports")) {
        cost = candidate.path("transport").asText().equals(chosen) ? candidate : cost;
      }
      assertThat(cost).as(plan.out()).isNotNull();
      assertThat(cost.path("requestsPerHour").asInt()).isEqualTo(5_000);
      assertThat(cost.path("quotaSeconds").asInt()).isPositive();

      long requests = github.quotaSpent(QuotaResource.CORE);
      long points = github.points();
      CliProcess run = cli.run("run", "sim/repo", "--transport", transport);
      assertThat(run.exitCode()).as(run.toString()).isZero();
      Percentage tolerance = Percentage.withPercentage(10);
      assertThat(github.quotaSpent(QuotaResource.CORE) - requests)
          .isCloseTo(cost.path("requests").asLong(), tolerance);
      assertThat(github.points() - points).isCloseTo(cost.path("points").asLong(), tolerance);
    }
  }

  @Test
  void aCountAtAPageCapIsSaidToBeALeast() throws IOException {
    SimulatedRepository repository =
        SimulatedRepository.builder("sim/repo").pullRequests(600).issueComments(3).build();
    try (SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start()) {
      github.capList(Endpoint.ISSUE_COMMENTS, 1_000);
      CliProcess plan = cli(github).env("GITHUB_TOKEN", "token").run("plan", "sim/repo");
      assertThat(plan.out()).contains(", at least 1,000 issue comments\n");
      CliProcess json = cli(github).env("GITHUB_TOKEN", "token").run("plan", "sim/repo", "--json");
      JsonNode streams =
          new ObjectMapper().readTree(json.out()).path("repositories").path(0).path("streams");
      assertThat(streams.path(2).path("atLeast").asBoolean()).isTrue();
      assertThat(streams.path(1).path("atLeast").asBoolean()).isFalse();
    }
  }

  @Test
  void withoutATokenThereIsOneWay() {
    try (SimulatedGitHub github =
        SimulatedGitHub.builder().repository(SimulatedRepository.of("sim/repo", 60)).start()) {
      CliProcess plan = cli(github).run("plan", "sim/repo", "--include", "none");
      assertThat(plan.exitCode()).as(plan.toString()).isZero();
      assertThat(plan.out())
          .contains("sim/repo: 60 pull requests\n", "run would use rest", "1 request and 0 points")
          .doesNotContain("graphql ");
    }
  }

  @Test
  void aLimitIsSaidWithTheTimeToComeBack() throws IOException {
    try (SimulatedGitHub github =
        SimulatedGitHub.builder()
            .repository(SimulatedRepository.of("sim/repo", 60))
            .quota(1, Duration.ofHours(1))
            .start()) {
      CliProcess plan = cli(github).run("plan", "sim/repo", "--json");
      FailureIT.assertFails(plan, 75, "quota");
      assertThat(plan.err()).contains("Come back at ");
      assertThat(new ObjectMapper().readTree(plan.out()).path("exitCode").asInt()).isEqualTo(75);
      assertThat(github.limited()).isZero();
    }
  }

  @Test
  void whatCannotBeReadIsSaidInASentence() throws IOException {
    try (SimulatedGitHub github = SimulatedGitHub.builder().token("good").start()) {
      CliProcess plan = cli(github).run("plan", "sim/missing", "--json");
      FailureIT.assertFails(plan, 1, "sim/missing", "404", "check the name");
      assertThat(new ObjectMapper().readTree(plan.out()).path("exitCode").asInt()).isEqualTo(1);
      CliProcess bad = cli(github).env("GITHUB_TOKEN", "secret-4711").run("plan", "sim/missing");
      FailureIT.assertFails(bad, 1, "401", "GITHUB_TOKEN");
      assertThat(bad.toString()).doesNotContain("secret-4711");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plan",
        "plan sim",
        "plan sim/repo --include everything",
        "plan sim/repo --transport soap",
        "plan sim/repo --transport graphql",
        "run sim/repo --transport soap",
        "run sim/repo --transport graphql"
      })
  void aBadOptionOrArgument(String line) {
    CliProcess run = CliProcess.in(folder).run(line.split(" "));
    FailureIT.assertFails(run, 2);
    if (line.endsWith("soap")) {
      assertThat(run.err()).contains("--transport", "\"soap\" is not one of auto, rest, graphql");
    } else if (line.endsWith("graphql")) {
      assertThat(run.err()).contains("GITHUB_TOKEN");
    }
    assertThat(folder).as("nothing was started").isEmptyDirectory();
  }

  private CliProcess.Builder cli(SimulatedGitHub github) {
    return CliProcess.in(folder).env("GITHUB_API_URL", github.url());
  }
}
