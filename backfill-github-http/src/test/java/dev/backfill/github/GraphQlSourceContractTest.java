package dev.backfill.github;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.PullSource;
import dev.backfill.testkit.PullSourceContract;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** What every source promises, kept by pull requests that are read by GraphQL. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GraphQlSourceContractTest extends PullSourceContract<PullRequest> {

  private final SimulatedRepository repository =
      SimulatedRepository.builder("sim/repo").pullRequests(117).reviews(3).build();
  private SimulatedGitHub github;
  private GitHub client;

  @BeforeAll
  void start() {
    github =
        SimulatedGitHub.builder()
            .repository(repository)
            .token(Stub.TOKEN)
            .quota(1_000_000, Duration.ofHours(1))
            .graphqlQuota(1_000_000, Duration.ofHours(1))
            .start();
    client = GitHub.builder().apiUrl(github.url()).token(Stub.TOKEN).detailConcurrency(4).build();
  }

  @AfterAll
  void stop() {
    client.close();
    github.close();
  }

  @Override
  protected PullSource<PullRequest> source() {
    return client.pullRequests(EnumSet.allOf(PullRequestExtra.class), GitHubTransport.GRAPHQL);
  }

  @Override
  protected String target() {
    return "sim/repo";
  }

  @Override
  protected List<PullRequest> expectedItems() {
    return repository.pullRequests().map(AsQueried::of).toList();
  }

  @Override
  protected List<String> expectedKeys() {
    return repository.numbers().mapToObj(Integer::toString).toList();
  }
}
