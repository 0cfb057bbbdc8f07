package dev.backfill.github;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.PullSource;
import dev.backfill.testkit.PullSourceContract;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** What every source promises, kept by the pull requests of a simulated GitHub. */
class PullRequestSourceContractTest {

  @Nested
  class AsListed extends Contract {
    AsListed() {
      super(317, Set.of());
    }
  }

  @Nested
  class WithDetailsAndReviews extends Contract {
    WithDetailsAndReviews() {
      super(120, Set.of(PullRequestExtra.DETAILS, PullRequestExtra.REVIEWS));
    }
  }

  @Nested
  class OfAnEmptyRepository extends Contract {
    OfAnEmptyRepository() {
      super(0, Set.of());
    }
  }

  @Nested
  class OfExactlyTwoPages extends Contract {
    OfExactlyTwoPages() {
      super(200, Set.of());
    }
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  abstract static class Contract extends PullSourceContract<PullRequest> {

    private final SimulatedRepository repository;
    private final Set<PullRequestExtra> extras;
    private SimulatedGitHub github;
    private GitHub client;

    Contract(int count, Set<PullRequestExtra> extras) {
      this.repository = SimulatedRepository.of("sim/repo", count);
      this.extras = extras;
    }

    @BeforeAll
    void start() {
      github =
          SimulatedGitHub.builder()
              .repository(repository)
              .quota(1_000_000, Duration.ofHours(1))
              .start();
      client = GitHub.builder().apiUrl(github.url()).detailConcurrency(8).build();
    }

    @AfterAll
    void stop() {
      client.close();
      github.close();
    }

    @Override
    protected PullSource<PullRequest> source() {
      return client.pullRequests(extras);
    }

    @Override
    protected String target() {
      return "sim/repo";
    }

    @Override
    protected List<PullRequest> expectedItems() {
      return extras.isEmpty()
          ? repository.listedPullRequests().toList()
          : repository.pullRequests().toList();
    }

    @Override
    protected List<String> expectedKeys() {
      return repository.numbers().mapToObj(Integer::toString).toList();
    }
  }
}
