package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillRunner;
import dev.backfill.core.run.BackfillSpec;
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
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists that GitHub ends at a page cap are stored whole, or the backfill ends with gaps. */
@Timeout(120)
class CappedListTest {

  private static final String TARGET = "sim/repo";
  private static final String TOKEN = "ghp_tokenOfTheCappedListTests";

  /** GitHub's time, so that a test can put changes into different moments. */
  private final ManualTimeSource gitHubTime = new ManualTimeSource();

  private final SimulatedRepository repository =
      SimulatedRepository.builder(TARGET).pullRequests(1_000).reviews(0).issueComments(4).build();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(repository)
          .token(TOKEN)
          .quota(1_000_000, Duration.ofHours(1))
          .timeSource(gitHubTime)
          .start();
  private final GitHub client = GitHub.builder().apiUrl(github.url()).token(TOKEN).build();
  private final JdbcDataSource database = new JdbcDataSource();
  private final JdbcStore store;

  CappedListTest() {
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    store = JdbcStore.open(database);
    store.installSchema();
  }

  @AfterEach
  void close() {
    client.close();
    github.close();
  }

  @Test
  void aCommentListCutAt2000EndsWhole() throws Exception {
    long comments = repository.issueCommentCount();
    assertThat(comments).isGreaterThan(5_000);
    github.capList(Endpoint.ISSUE_COMMENTS, 2_000);
    assertThat(run()).isEqualTo(Outcome.COMPLETED);
    assertThat(number("SELECT COUNT(*) FROM issue_comments")).isEqualTo(comments);
    assertThat(number("SELECT processed_items FROM backfill_progress")).isEqualTo(comments);
    assertThat(number("SELECT total_items FROM backfill_progress")).isEqualTo(comments);
  }

  @Test
  void aCatchUpOfACommentListCutAt2000EndsWhole() throws Exception {
    assertThat(run()).isEqualTo(Outcome.COMPLETED);
    github.capList(Endpoint.ISSUE_COMMENTS, 2_000);
    gitHubTime.advance(Duration.ofDays(1));
    repository
        .issueComments()
        .toList()
        .forEach(
            comment -> {
              repository.touchIssueComment(comment.githubId());
              gitHubTime.advance(Duration.ofSeconds(1));
            });
    assertThat(run()).isEqualTo(Outcome.COMPLETED);
    assertThat(number("SELECT COUNT(*) FROM issue_comments WHERE body NOT LIKE '%(edited 1)'"))
        .isZero();
    assertThat(number("SELECT processed_items FROM backfill_progress"))
        .isEqualTo(repository.issueCommentCount());
  }

  @Test
  void pullRequestsCutByRestEndWithGaps() throws Exception {
    github.capList(Endpoint.PULL_REQUESTS, 300);
    BackfillSpec<PullRequest> job =
        new BackfillSpec<>(
            client.pullRequests(Set.of(), GitHubTransport.REST), TARGET, store.pullRequests());
    assertThat(run(job)).isEqualTo(Outcome.COMPLETED_WITH_GAPS);
    assertThat(text("SELECT note FROM backfill_progress")).contains("/pulls at a page cap");
  }

  @Test
  void pullRequestsCutByRestAreStoredWholeByGraphQl() throws Exception {
    github.capList(Endpoint.PULL_REQUESTS, 300);
    BackfillSpec<PullRequest> job =
        new BackfillSpec<>(
            client.pullRequests(Set.of(), GitHubTransport.AUTO), TARGET, store.pullRequests());
    assertThat(run(job)).isEqualTo(Outcome.COMPLETED);
    assertThat(number("SELECT COUNT(*) FROM pull_requests")).isEqualTo(1_000);
    assertThat(number("SELECT processed_items FROM backfill_progress")).isEqualTo(1_000);
    assertThat(text("SELECT note FROM backfill_progress")).isNull();
  }

  /**
   * Each letter is a session: by the transport auto or rest, of a few chunks; then one to the end.
   */
  @ParameterizedTest
  @ValueSource(strings = {"ARA", "AAR", "RAA", "RRA", "ARR", "RAR"})
  void aTransportThatChangesBetweenSessionsCompletesNothingTooEarly(String sessions)
      throws Exception {
    github.capList(Endpoint.PULL_REQUESTS, 300);
    List<Integer> numbers = repository.numbers().boxed().toList();
    int deleted = 0;
    Outcome outcome = null;
    for (char session : sessions.toCharArray()) {
      BackfillSpec<PullRequest> job =
          new BackfillSpec<>(
              client.pullRequests(
                  Set.of(), session == 'A' ? GitHubTransport.AUTO : GitHubTransport.REST),
              TARGET,
              store.pullRequests());
      try (BackfillEngine engine = BackfillEngine.builder(store.progress()).build()) {
        engine.runSlice(job, SliceLimits.UNLIMITED.withMaxChunks(8));
      }
      numbers.subList(deleted, deleted + 60).forEach(repository::deletePullRequest);
      deleted += 60;
      outcome = deleted == 60 * sessions.length() ? run(job) : null;
    }
    Set<Integer> missing = repository.numbers().boxed().collect(Collectors.toSet());
    missing.removeIf(
        number -> number("SELECT COUNT(*) FROM pull_requests WHERE number = " + number) == 1);
    assertThat(outcome)
        .isIn(
            missing.isEmpty()
                ? Set.of(Outcome.COMPLETED, Outcome.COMPLETED_WITH_GAPS)
                : Set.of(Outcome.COMPLETED_WITH_GAPS));
  }

  @Test
  void aVerificationFindsRowsThatAreMissingBehindThePageCap() throws Exception {
    BackfillSpec<PullRequest> job =
        new BackfillSpec<>(
            client.pullRequests(Set.of(), GitHubTransport.AUTO), TARGET, store.pullRequests());
    assertThat(run(job)).isEqualTo(Outcome.COMPLETED);
    github.capList(Endpoint.PULL_REQUESTS, 300);
    execute(
        "DELETE FROM pull_requests WHERE number > (SELECT MAX(number) - 50 FROM pull_requests)");
    assertThat(verify(job)).isEqualTo(Outcome.COMPLETED);
    assertThat(number("SELECT COUNT(*) FROM pull_requests")).isEqualTo(1_000);
  }

  @Test
  void aNumberOfPullRequestsThatDisagreesIsRemarked() throws Exception {
    run(
        new BackfillSpec<>(
            client.pullRequests(Set.of(PullRequestExtra.DETAILS), GitHubTransport.GRAPHQL),
            TARGET,
            store.pullRequests()));
    assertThat(run()).isEqualTo(Outcome.COMPLETED);
    String note = "SELECT note FROM backfill_progress WHERE source = 'github:issue-comments'";
    assertThat(text(note)).as("all numbers agree").isNull();
    execute(
        "UPDATE pull_requests SET comments = comments + 2 WHERE number ="
            + " (SELECT MIN(number) FROM pull_requests)");
    repository.addIssueComment(repository.numbers().max().orElseThrow());
    assertThat(run()).isEqualTo(Outcome.COMPLETED);
    assertThat(text(note))
        .isEqualTo("1 stored pull requests report 2 comments more than are stored of them");
  }

  @Test
  void aCountOfGitHubsThatIsTooHighIsRemarked() throws Exception {
    github.overcountList(Endpoint.ISSUE_COMMENTS, 3);
    assertThat(run()).isEqualTo(Outcome.COMPLETED);
    long stored = repository.issueCommentCount();
    assertThat(text("SELECT note FROM backfill_progress"))
        .isEqualTo(
            "The source counts %d items; %d are stored or in quarantine, and none that it lists is"
                    .formatted(stored + 3, stored)
                + " missing");
    long requested = github.requests();
    assertThat(run()).isEqualTo(Outcome.COMPLETED);
    assertThat(github.requests() - requested)
        .as("the repository and the list")
        .isLessThanOrEqualTo(2);
    assertThat(text("SELECT note FROM backfill_progress")).startsWith("The source counts");
  }

  private Outcome run() throws InterruptedException {
    return run(
        new BackfillSpec<IssueComment>(client.issueComments(), TARGET, store.issueComments()));
  }

  private Outcome run(BackfillSpec<?> job) throws InterruptedException {
    try (BackfillEngine engine = BackfillEngine.builder(store.progress()).build()) {
      return new BackfillRunner(engine).run(List.of(job), RunOptions.DEFAULT).get(0).outcome();
    }
  }

  private Outcome verify(BackfillSpec<?> job) throws InterruptedException {
    try (BackfillEngine engine = BackfillEngine.builder(store.progress()).build()) {
      return new BackfillRunner(engine).verify(List.of(job), RunOptions.DEFAULT).get(0).outcome();
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long number(String sql) {
    return Long.parseLong(text(sql));
  }

  private String text(String sql) {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
