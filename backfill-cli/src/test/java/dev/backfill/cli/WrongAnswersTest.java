package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillRunner;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.JobResult.Outcome;
import dev.backfill.core.run.RunOptions;
import dev.backfill.github.GitHub;
import dev.backfill.github.GitHubTransport;
import dev.backfill.github.PullRequestExtra;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs against a server that answers a share of all requests in ten wrong ways. */
@Timeout(120)
class WrongAnswersTest {

  private static final String TARGET = "sim/repo";
  private static final String TOKEN = "ghp_tokenOfTheWrongAnswersTests";
  private static final int PER_MILLE = 40;

  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedRepository repository =
      SimulatedRepository.builder(TARGET).pullRequests(250).issueComments(3).build();

  /** Keeps the last copy of each item. */
  private static final class InMemoryTable<T> implements Sink<T> {

    private final PullSource<T> source;
    private final Map<String, T> items = new TreeMap<>();

    InMemoryTable(PullSource<T> source) {
      this.source = source;
    }

    @Override
    public SinkCounts write(List<T> more, SinkTransaction transaction) {
      int before = items.size();
      more.forEach(item -> items.put(source.itemKey(item), item));
      int created = items.size() - before;
      return new SinkCounts(created, more.size() - created);
    }

    @Override
    public OptionalLong count(String scope, SinkTransaction transaction) {
      return OptionalLong.of(items.size());
    }

    @Override
    public Optional<Set<String>> stored(
        String scope, List<String> keys, SinkTransaction transaction) {
      Set<String> known = new HashSet<>(keys);
      known.retainAll(items.keySet());
      return Optional.of(known);
    }

    BackfillSpec<T> job() {
      return new BackfillSpec<>(source, TARGET, this);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "REST, 1", "REST, 2", "REST, 3", "REST, 4", "REST, 5",
    "GRAPHQL, 1", "GRAPHQL, 2", "GRAPHQL, 3", "GRAPHQL, 4", "GRAPHQL, 5"
  })
  void aRunEndsCompleteAndExactAllTheSame(GitHubTransport transport, long seed) throws Exception {
    try (SimulatedGitHub github =
            SimulatedGitHub.builder()
                .repository(repository)
                .token(TOKEN)
                .quota(1_000_000, Duration.ofHours(1))
                .timeSource(time)
                .start();
        GitHub client =
            GitHub.builder()
                .apiUrl(github.url())
                .token(TOKEN)
                .timeSource(time)
                .detailConcurrency(2)
                .build()) {
      InMemoryTable<PullRequest> pullRequests =
          new InMemoryTable<>(
              client.pullRequests(EnumSet.allOf(PullRequestExtra.class), transport));
      var reviewComments = new InMemoryTable<>(client.reviewComments());
      var issueComments = new InMemoryTable<>(client.issueComments());
      github.answerWrongly(PER_MILLE, seed);
      List<JobResult> results =
          run(List.of(pullRequests.job(), reviewComments.job(), issueComments.job()));
      assertThat(results)
          .allSatisfy(
              result -> assertThat(result.outcome()).as("%s", result).isEqualTo(Outcome.COMPLETED));
      assertThat(shown(pullRequests.items.values().stream()))
          .containsExactlyInAnyOrderElementsOf(shown(repository.pullRequests()));
      assertThat(reviewComments.items).hasSize((int) repository.reviewCommentCount());
      assertThat(issueComments.items).hasSize((int) repository.issueCommentCount());
      assertThat(github.requests()).as("no storm").isLessThan(1_500);
    }
  }

  private List<JobResult> run(List<BackfillSpec<?>> jobs) throws InterruptedException {
    try (BackfillEngine engine =
        BackfillEngine.builder(new InMemoryStore(time).progress())
            .timeSource(time)
            .lease(Duration.ofHours(2))
            .random(new Random(42))
            .build()) {
      return new BackfillRunner(engine).run(jobs, RunOptions.DEFAULT);
    }
  }

  /** What both transports tell alike. */
  private static List<String> shown(Stream<PullRequest> items) {
    return items
        .map(
            item ->
                item.number()
                    + " "
                    + item.updatedAt()
                    + " "
                    + item.details().commits()
                    + " "
                    + item.reviews().stream()
                        .map(review -> review.githubId())
                        .collect(Collectors.toCollection(TreeSet::new)))
        .toList();
  }
}
