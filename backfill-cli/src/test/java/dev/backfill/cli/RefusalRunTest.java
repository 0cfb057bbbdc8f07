package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.store.Backfill;
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
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs against a GitHub that refuses queries, or one pull request. */
@Timeout(120)
class RefusalRunTest {

  private static final String TARGET = "sim/repo";
  private static final String TOKEN = "ghp_tokenOfTheRefusalTests";
  private static final int COUNT = 120;

  private final SimulatedRepository repository =
      SimulatedRepository.builder(TARGET).pullRequests(COUNT).reviews(1).issueComments(0).build();
  private final List<Integer> numbers = repository.numbers().boxed().toList();
  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder().repository(repository).token(TOKEN).timeSource(time).start();
  private final GitHub client =
      GitHub.builder().apiUrl(github.url()).token(TOKEN).timeSource(time).build();
  private final JdbcDataSource database = new JdbcDataSource();
  private final List<BackfillEvent> events = new CopyOnWriteArrayList<>();
  private final JdbcStore store;

  RefusalRunTest() {
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    store = JdbcStore.open(database);
    store.installSchema();
  }

  @AfterEach
  void close() {
    client.close();
    github.close();
  }

  private BackfillSpec<PullRequest> job(GitHubTransport transport) {
    return new BackfillSpec<>(
        client.pullRequests(Set.of(PullRequestExtra.values()), transport),
        TARGET,
        store.pullRequests());
  }

  private BackfillEngine engine() {
    return BackfillEngine.builder(store.progress()).timeSource(time).listener(events::add).build();
  }

  private JobResult run(BackfillSpec<?> job) throws InterruptedException {
    time.advance(Duration.ofMinutes(5));
    try (BackfillEngine engine = engine()) {
      return new BackfillRunner(engine).run(List.of(job), RunOptions.DEFAULT).get(0);
    }
  }

  private Backfill backfill(BackfillSpec<?> job) {
    return store.progress().find(job.key()).orElseThrow();
  }

  private long count(String condition) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT COUNT(*) FROM pull_requests WHERE " + condition)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private List<String> readModeChanges() {
    List<String> changes = new ArrayList<>();
    String last = "";
    for (BackfillEvent event : events) {
      if (event instanceof BackfillEvent.ChunkCommitted committed
          && !committed.readMode().equals(last)) {
        last = committed.readMode();
        changes.add(last);
      }
    }
    return changes;
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 404, 401, 403, 502})
  void aServerWithoutQueriesIsReadWholeByRest(int status) throws Exception {
    BackfillSpec<PullRequest> job = job(GitHubTransport.AUTO);
    github.graphqlRefuses(status);

    assertThat(run(job).outcome()).isEqualTo(Outcome.COMPLETED);

    assertThat(count("additions IS NOT NULL")).isEqualTo(COUNT);
    assertThat(backfill(job).counters().processed()).isEqualTo(COUNT);
    assertThat(readModeChanges()).singleElement().asString().contains("by REST instead of queries");
    assertThat(github.requests(Endpoint.GRAPHQL)).isLessThanOrEqualTo(40);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 404, 502})
  void queriesThatEndMidwayCostNoItemAndAreAskedAgainLater(int status) throws Exception {
    BackfillSpec<PullRequest> job = job(GitHubTransport.AUTO);
    try (BackfillEngine engine = engine()) {
      engine.runSlice(job, SliceLimits.UNLIMITED.withMaxChunks(1));
    }
    github.graphqlRefuses(status);
    try (BackfillEngine engine = engine()) {
      engine.runSlice(job, SliceLimits.UNLIMITED.withMaxChunks(1));
    }
    long byRest = github.requests(Endpoint.PULL_REQUEST);
    assertThat(byRest).isPositive();
    github.graphqlRefuses(0);

    assertThat(run(job).outcome()).isEqualTo(Outcome.COMPLETED);

    assertThat(count("additions IS NOT NULL")).isEqualTo(COUNT);
    assertThat(backfill(job).counters().processed()).isEqualTo(COUNT);
    assertThat(github.requests(Endpoint.PULL_REQUEST)).as("queries again").isEqualTo(byRest);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 404, 401})
  void theTransportGraphqlSaysWhatToUseInstead(int status) throws Exception {
    github.graphqlRefuses(status);

    JobResult result = run(job(GitHubTransport.GRAPHQL));

    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.failure()).isInstanceOf(PermanentFailureException.class);
    assertThat(result.message()).contains("use auto or rest");
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 422, 451})
  void onePullRequestThatIsRefusedIsOneGapAndComesOnceItMay(int status) throws Exception {
    BackfillSpec<PullRequest> job = job(GitHubTransport.REST);
    int refused = numbers.get(60);
    github.refuseDetails(refused, status);

    assertThat(run(job).outcome()).isEqualTo(Outcome.COMPLETED_WITH_GAPS);

    assertThat(count("TRUE")).isEqualTo(COUNT);
    assertThat(count("additions IS NULL")).isEqualTo(1);
    Backfill.Counters counters = backfill(job).counters();
    assertThat(counters.processed()).isEqualTo(COUNT);
    assertThat(counters.quarantined()).isEqualTo(1);
    assertThat(store.progress().quarantined(backfill(job).id(), 10))
        .singleElement()
        .satisfies(
            item -> {
              assertThat(item.item().key()).isEqualTo(Integer.toString(refused));
              assertThat(item.item().error()).contains(Integer.toString(status));
            });

    github.heal(refused);
    try (BackfillEngine engine = engine()) {
      engine.retryQuarantined(job);
    }
    assertThat(count("additions IS NULL")).isZero();
    assertThat(backfill(job).counters())
        .satisfies(
            after -> {
              assertThat(after.processed()).isEqualTo(COUNT);
              assertThat(after.quarantined()).isZero();
            });
  }

  @Test
  void detailsThatAreAllRefusedStopTheStream() throws Exception {
    numbers.forEach(number -> github.refuseDetails(number, 403));

    JobResult result = run(job(GitHubTransport.REST));

    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(count("TRUE")).isZero();
  }
}
