package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.testkit.github.Endpoint;
import dev.backfill.testkit.github.QuotaResource;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a token the real program asks by queries, and stores the same history. */
@Timeout(180)
class GraphQlIT {

  private static final String TOKEN = "ghp_tokenOfTheGraphQlTests";

  @TempDir Path folder;

  private static SimulatedGitHub.Builder gitHub(SimulatedRepository repository) {
    return SimulatedGitHub.builder().repository(repository).token(TOKEN);
  }

  private CliProcess run(SimulatedGitHub github, String... args) {
    CliProcess run =
        CliProcess.in(folder)
            .env("GITHUB_API_URL", github.url())
            .env("GITHUB_TOKEN", TOKEN)
            .run(args);
    assertThat(run.exitCode()).as(run.toString()).isZero();
    return run;
  }

  private static long spent(SimulatedGitHub github) {
    return github.points() + github.quotaSpent(QuotaResource.CORE);
  }

  @Test
  void withATokenTheHistoryIsReadByQueriesAndASecondRunIsNextToFree() {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 120);
    try (SimulatedGitHub github = gitHub(repository).start()) {
      CliProcess first = run(github, "run", "sim/repo");
      assertThat(first.out()).contains("120 of 120", "120 new", "Completed in");
      Map<String, List<String>> stored = HistoryRows.inDefaultDatabase(folder);
      assertThat(stored).isEqualTo(HistoryRows.queried(repository));
      assertThat(github.requests(Endpoint.GRAPHQL)).isPositive();
      assertThat(github.requests(Endpoint.PULL_REQUEST)).as("pull requests by REST").isZero();
      assertThat(github.requests(Endpoint.REVIEWS)).as("reviews by REST").isZero();

      long before = spent(github);
      run(github, "run", "sim/repo");
      assertThat(spent(github) - before).isLessThanOrEqualTo(3);
      assertThat(HistoryRows.inDefaultDatabase(folder)).isEqualTo(stored);
    }
  }

  @Test
  void smallerPagesThanUsualArePrintedAndStoredWithTheirReason() {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 150);
    try (SimulatedGitHub github = gitHub(repository).start()) {
      github.graphqlFailsAbove(10, 502);
      CliProcess run = run(github, "run", "sim/repo");
      assertThat(run.err())
          .containsPattern("now reads GraphQL pages of \\d+ pull requests, since GitHub failed");
      assertThat(HistoryRows.inDefaultDatabase(folder)).isEqualTo(HistoryRows.queried(repository));
      assertThat(StoredTexts.inDefaultDatabase(folder).column("backfill_chunks", "size_reason"))
          .anyMatch(reason -> reason.contains("GraphQL pages of "));
    }
  }

  @Test
  void whatChangesWhileItIsReadIsStoredInItsNewestStateAndThePhaseIsShown() throws Exception {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 120);
    List<Integer> numbers = repository.numbers().boxed().toList();
    try (SimulatedGitHub github = gitHub(repository).start()) {
      boolean[] changed = {false};
      github.afterRequests(
          6,
          () -> {
            repository.touch(numbers.get(2));
            repository.touch(numbers.get(115));
            repository.addReview(numbers.get(4));
            // One: several are created a second apart, and so after GitHub's present.
            repository.addPullRequests(1);
            changed[0] = true;
          });
      // One stream after the other, so that the sixth request is one for pull requests.
      run(github, "run", "sim/repo", "--parallel", "1");
      assertThat(changed[0]).isTrue();
      Map<String, List<String>> stored = HistoryRows.inDefaultDatabase(folder);
      Map<String, List<String>> expected = HistoryRows.queried(repository);
      assertThat(stored).containsEntry("pull requests", expected.get("pull requests"));
      assertThat(stored).containsEntry("reviews", expected.get("reviews"));

      List<JsonNode> backfills =
          new ObjectMapper().readTree(run(github, "status", "--json").out()).findParents("phase");
      assertThat(backfills)
          .filteredOn(each -> each.path("source").asText().equals("github:pull-requests"))
          .singleElement()
          .satisfies(each -> assertThat(each.path("phase").asText()).isEqualTo("catch_up"));
    }
  }
}
