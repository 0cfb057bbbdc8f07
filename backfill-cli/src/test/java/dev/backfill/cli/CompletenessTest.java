package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.event.BackfillEvent.ChunkCommitted;
import dev.backfill.api.event.BackfillListener;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillRunner;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.JobResult.Outcome;
import dev.backfill.core.run.RunOptions;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.github.GitHub;
import dev.backfill.github.GitHubTransport;
import dev.backfill.github.PullRequestExtra;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Endpoint;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import dev.backfill.testkit.github.WrongAnswer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run calls complete is complete, whatever is deleted and created while it is read. */
@Timeout(120)
class CompletenessTest {

  private static final String TARGET = "sim/repo";
  private static final String TOKEN = "ghp_tokenOfTheCompletenessTests";

  private final SimulatedRepository repository =
      SimulatedRepository.builder(TARGET).pullRequests(500).reviews(0).issueComments(2).build();
  private final List<Integer> numbers = repository.numbers().boxed().toList();
  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder().repository(repository).token(TOKEN).timeSource(time).start();
  private final GitHub client = GitHub.builder().apiUrl(github.url()).token(TOKEN).build();
  private final JdbcDataSource database = new JdbcDataSource();
  private final JdbcStore store;

  CompletenessTest() {
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    store = JdbcStore.open(database);
    store.installSchema();
  }

  @AfterEach
  void close() {
    client.close();
    github.close();
  }

  /** While a session goes on, what is deleted in front of its place is not noticed. */
  private BackfillListener deleting() {
    int[] chunks = {0};
    return event -> {
      if (event instanceof ChunkCommitted && ++chunks[0] == 6) {
        numbers.subList(0, 60).forEach(repository::deletePullRequest);
      }
    };
  }

  @Test
  void whatDeletionsHideIsFoundAtTheEnd() throws Exception {
    assertThat(run(comments(), deleting()).outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(missingComments()).isEmpty();
  }

  @Test
  void whatDeletionsHideIsFoundByALaterSession() throws Exception {
    slice(comments(), 15, deleting());
    repository.addPullRequests(40);
    assertThat(run(comments(), event -> {}).outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(missingComments()).isEmpty();
  }

  @Test
  void whatTheCatchUpBringsHidesNothingThatTheHistoryMissed() throws Exception {
    slice(comments(), 15, deleting());
    long listed = repository.issueCommentCount();
    boolean[] added = {false};
    JobResult result =
        run(
            comments(),
            event -> {
              if (event instanceof ChunkCommitted chunk
                  && chunk.progress().processed() >= listed
                  && !added[0]) {
                added[0] = true;
                numbers.subList(100, 160).forEach(repository::addIssueComment);
              }
            });
    assertThat(added[0]).isTrue();
    assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(missingComments()).isEmpty();
  }

  @Test
  void pullRequestsOverRestAreCompleteToo() throws Exception {
    BackfillSpec<PullRequest> job =
        new BackfillSpec<>(
            client.pullRequests(Set.of(), GitHubTransport.REST), TARGET, store.pullRequests());
    assertThat(run(job, deleting()).outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(stored("SELECT number FROM pull_requests"))
        .containsAll(repository.numbers().mapToObj(Integer::toString).toList());
  }

  /** Ten old items are hidden, and fifty new ones that only the catch-up delivers. */
  @Test
  void newItemsThatAreHiddenTooStandForNoOther() throws Exception {
    github.afterRequests(
        6,
        () -> {
          numbers.subList(0, 10).forEach(repository::deletePullRequest);
          time.advance(Duration.ofSeconds(2));
          repository.addPullRequests(60);
          // They are created a few seconds apart.
          time.advance(Duration.ofMinutes(4));
          github.afterRequests(
              2, () -> numbers.subList(10, 70).forEach(repository::deletePullRequest));
        });
    assertPullRequestsComplete();
  }

  /** A clock that stands still: all of it happens in one second. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void itemsCreatedInTheSecondOfTheCountStandForNoOther(int requests) throws Exception {
    github.afterRequests(
        requests,
        () -> {
          repository.addPullRequests(1);
          github.afterRequests(2, () -> repository.deletePullRequest(numbers.get(0)));
        });
    assertPullRequestsComplete();
  }

  /** The replica that counted did not have the new one yet, which is older than the reading. */
  @Test
  void aNewItemThatALaggingReplicaDidNotCountStandsForNoOther() throws Exception {
    Instant late = time.now().minusSeconds(30);
    github.afterRequests(
        4,
        () -> {
          changeAt(late, () -> repository.addPullRequests(1));
          repository.deletePullRequest(numbers.get(0));
        });
    assertPullRequestsComplete();
  }

  /** The repository tells the time by the server that took it last. */
  private void changeAt(Instant moment, Runnable change) {
    SimulatedGitHub.builder()
        .repository(repository)
        .timeSource(new ManualTimeSource(moment))
        .start()
        .close();
    change.run();
    SimulatedGitHub.builder().repository(repository).timeSource(time).start().close();
  }

  /** They move to the front of the list while the catch-up is behind it. */
  @Test
  void newItemsEditedDuringTheCatchUpStandForNoOther() throws Exception {
    github.afterRequests(
        6,
        () -> {
          numbers.subList(0, 10).forEach(repository::deletePullRequest);
          github.afterRequests(
              2,
              () -> {
                time.advance(Duration.ofSeconds(2));
                repository.addPullRequests(150);
                github.afterRequests(
                    1,
                    () -> {
                      time.advance(Duration.ofSeconds(200));
                      repository.numbers().skip(490).limit(50).forEach(repository::touch);
                    });
              });
        });
    assertPullRequestsComplete();
  }

  private void assertPullRequestsComplete() throws Exception {
    BackfillSpec<PullRequest> job =
        new BackfillSpec<>(
            client.pullRequests(Set.of(), GitHubTransport.REST), TARGET, store.pullRequests());
    assertThat(run(job, event -> {}).outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(stored("SELECT number FROM pull_requests"))
        .containsAll(repository.numbers().mapToObj(Integer::toString).toList());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatDeletionsHideIsFoundWheneverTheyCome(int requests) throws Exception {
    github.afterRequests(
        requests, () -> numbers.subList(0, 60).forEach(repository::deletePullRequest));
    assertPullRequestsComplete();
  }

  /** Queries deliver items that are deleted before REST counts, so that they stand for no other. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatQueriesDeliveredStandsForNoItemThatRestMisses(boolean interrupted) throws Exception {
    BackfillSpec<PullRequest> job =
        new BackfillSpec<>(
            client.pullRequests(Set.of(PullRequestExtra.DETAILS), GitHubTransport.AUTO),
            TARGET,
            store.pullRequests());
    int[] chunks = {0};
    BackfillListener failing =
        event -> {
          if (event instanceof ChunkCommitted && ++chunks[0] == 5) {
            numbers.subList(0, 60).forEach(repository::deletePullRequest);
            github.graphqlRefuses(404);
          } else if (event instanceof ChunkCommitted && chunks[0] == 6) {
            numbers.subList(60, 120).forEach(repository::deletePullRequest);
          }
        };
    if (interrupted) {
      slice(job, 5, failing);
    }
    assertThat(run(job, failing).outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(chunks[0]).isGreaterThan(6);
    assertAllPullRequestsStored();
  }

  /** The count that follows an empty first answer belongs to the history, too. */
  @Test
  void whatDeletionsHideIsFoundAfterAnEmptyFirstAnswer() throws Exception {
    github.answerNext(Endpoint.PULL_REQUESTS, WrongAnswer.NOTHING);
    github.answerNext(Endpoint.PULL_REQUESTS, WrongAnswer.NOTHING);
    github.afterRequests(6, () -> numbers.subList(0, 60).forEach(repository::deletePullRequest));
    assertPullRequestsComplete();
  }

  @Test
  void whatDeletionsHideIsFoundWhenTheCatchUpMeetsAPageCap() throws Exception {
    Set<Integer> hidden = new TreeSet<>();
    BackfillSpec<PullRequest> job =
        new BackfillSpec<>(
            client.pullRequests(Set.of(), GitHubTransport.AUTO), TARGET, store.pullRequests());
    github.afterRequests(
        6,
        () -> {
          numbers.subList(0, 60).forEach(repository::deletePullRequest);
          github.afterRequests(
              2,
              () -> {
                hidden.addAll(numbers.subList(300, 400));
                time.advance(Duration.ofMinutes(10));
                numbers.stream()
                    .filter(number -> !hidden.contains(number))
                    .skip(60)
                    .forEach(repository::touch);
                time.advance(Duration.ofMinutes(10));
                github.capList(Endpoint.PULL_REQUESTS, 300);
              });
        });
    assertThat(run(job, event -> {}).outcome()).isEqualTo(Outcome.COMPLETED);
    assertAllPullRequestsStored();
  }

  /** Rows of an earlier reading that are deleted on GitHub stand for no new item. */
  @Test
  void whatDeletionsHideIsFoundInAHistoryThatIsReloaded() throws Exception {
    BackfillSpec<PullRequest> first = pullRequests(client);
    run(first, event -> {});
    numbers.subList(0, 60).forEach(repository::deletePullRequest);
    repository.addPullRequests(60);
    time.advance(Duration.ofHours(1));
    BackfillId id = store.progress().find(first.key()).orElseThrow().id();
    store.progress().reload(id, RequestedBy.by("ann", "to see"));
    github.afterRequests(7, () -> numbers.subList(60, 160).forEach(repository::deletePullRequest));
    try (GitHub later = GitHub.builder().apiUrl(github.url()).token(TOKEN).build()) {
      assertThat(run(pullRequests(later), event -> {}).outcome()).isEqualTo(Outcome.COMPLETED);
    }
    assertAllPullRequestsStored();
  }

  private BackfillSpec<PullRequest> pullRequests(GitHub reading) {
    return new BackfillSpec<>(
        reading.pullRequests(Set.of(), GitHubTransport.REST), TARGET, store.pullRequests());
  }

  private void assertAllPullRequestsStored() {
    assertThat(stored("SELECT number FROM pull_requests"))
        .containsAll(repository.numbers().mapToObj(Integer::toString).toList());
  }

  /** The switch comes between the reading and its comparison, which a later run makes up for. */
  @Test
  void whatDeletionsHideIsFoundAfterAFeatureWasOff() throws Exception {
    BackfillSpec<PullRequest> job =
        new BackfillSpec<>(
            client.pullRequests(Set.of(), GitHubTransport.REST), TARGET, store.pullRequests());
    github.afterRequests(
        6,
        () -> {
          numbers.subList(0, 60).forEach(repository::deletePullRequest);
          github.afterRequests(2, () -> repository.switchPullRequests(false));
        });
    assertThat(run(job, event -> {}).message()).contains("switched off", "not yet compared");

    repository.switchPullRequests(true);
    assertThat(run(job, event -> {}).message()).doesNotContain("compared");
    assertThat(stored("SELECT number FROM pull_requests"))
        .containsAll(repository.numbers().mapToObj(Integer::toString).toList());
  }

  @Test
  void aVerificationComparesEveryKeyWhateverIsDeletedMeanwhile() throws Exception {
    BackfillSpec<PullRequest> job =
        new BackfillSpec<>(
            client.pullRequests(Set.of(), GitHubTransport.REST), TARGET, store.pullRequests());
    run(job, event -> {});
    for (int number : numbers.subList(100, 105)) {
      execute("DELETE FROM pull_requests WHERE number = " + number);
    }
    int[] deleted = {0};
    BackfillListener deleting =
        event -> {
          if (event instanceof ChunkCommitted && deleted[0]++ == 0) {
            numbers.subList(0, 5).forEach(repository::deletePullRequest);
          }
        };
    // Also between the first page and the one that is fetched ahead.
    github.afterRequests(2, () -> numbers.subList(10, 15).forEach(repository::deletePullRequest));
    try (BackfillEngine engine =
        BackfillEngine.builder(store.progress()).listener(deleting).build()) {
      engine.verify(job, SliceLimits.UNLIMITED);
    }
    assertThat(stored("SELECT number FROM pull_requests"))
        .containsAll(repository.numbers().mapToObj(Integer::toString).toList());
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** It is seen as well, and does not stand for one that is hidden. */
  @Test
  void aNewItemThatCannotBeReadHidesNothing() throws Exception {
    BackfillSpec<PullRequest> job =
        new BackfillSpec<>(
            client.pullRequests(Set.of(PullRequestExtra.DETAILS), GitHubTransport.REST),
            TARGET,
            store.pullRequests());
    slice(job, 1, event -> {});
    // GitHub's times are whole seconds: it is not to be created in that of the count.
    time.advance(Duration.ofSeconds(2));
    int[] chunks = {0};
    int[] poisoned = {0};
    JobResult result =
        run(
            job,
            event -> {
              if (event instanceof ChunkCommitted && ++chunks[0] == 1) {
                repository.deletePullRequest(numbers.get(2));
                repository.addPullRequests(1);
                poisoned[0] = repository.numbers().max().orElseThrow();
                github.poison(poisoned[0]);
              }
            });
    assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED_WITH_GAPS);
    assertThat(stored("SELECT item_key FROM backfill_quarantine"))
        .containsExactly(Integer.toString(poisoned[0]));
    assertThat(stored("SELECT number FROM pull_requests"))
        .containsAll(
            repository
                .numbers()
                .filter(number -> number != poisoned[0])
                .mapToObj(Integer::toString)
                .toList());
  }

  /** Nothing is hidden then, and a look at all keys would cost as much as the history. */
  @Test
  void withoutDeletionsNothingIsListedTwice() throws Exception {
    int[] chunks = {0};
    long pages = (repository.issueCommentCount() + 99) / 100;
    run(
        comments(),
        event -> {
          if (event instanceof ChunkCommitted && ++chunks[0] == 6) {
            numbers.subList(0, 20).forEach(repository::addIssueComment);
          }
        });
    assertThat(missingComments()).isEmpty();
    assertThat(github.requests())
        .as("the repository, the count, the first page twice, the rest, a few looks at changes")
        .isLessThan(pages + 10);
  }

  @Test
  void aVerificationReadsKeysBehindThePageCap() throws Exception {
    github.capList(Endpoint.ISSUE_COMMENTS, 400);
    run(comments(), event -> {});
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM issue_comments WHERE MOD(github_id, 11) = 3");
    }
    assertThat(missingComments()).isNotEmpty();
    try (BackfillEngine engine = BackfillEngine.builder(store.progress()).build()) {
      new BackfillRunner(engine).verify(List.of(comments()), RunOptions.DEFAULT);
    }
    assertThat(missingComments()).isEmpty();
  }

  private BackfillSpec<IssueComment> comments() {
    return new BackfillSpec<>(client.issueComments(), TARGET, store.issueComments());
  }

  private Set<String> missingComments() {
    Set<String> missing =
        repository
            .issueComments()
            .map(comment -> Long.toString(comment.githubId()))
            .collect(Collectors.toCollection(TreeSet::new));
    missing.removeAll(stored("SELECT github_id FROM issue_comments"));
    return missing;
  }

  private Set<String> stored(String sql) {
    Set<String> stored = new TreeSet<>();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        stored.add(rows.getString(1));
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return stored;
  }

  private JobResult run(BackfillSpec<?> job, BackfillListener listener) throws Exception {
    try (BackfillEngine engine =
        BackfillEngine.builder(store.progress()).listener(listener).build()) {
      return new BackfillRunner(engine).run(List.of(job), RunOptions.DEFAULT).get(0);
    }
  }

  private void slice(BackfillSpec<?> job, int chunks, BackfillListener listener) throws Exception {
    try (BackfillEngine engine =
        BackfillEngine.builder(store.progress()).listener(listener).build()) {
      engine.runSlice(job, SliceLimits.UNLIMITED.withMaxChunks(chunks));
    }
  }
}
