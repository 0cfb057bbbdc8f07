package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillRunner;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.JobResult.Outcome;
import dev.backfill.core.run.RunOptions;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.github.GitHub;
import dev.backfill.github.GitHubTransport;
import dev.backfill.github.PullRequestExtra;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Histories of features that are switched off and on again at GitHub. */
@Timeout(120)
class FeatureSwitchRunTest {

  private static final String TARGET = "sim/repo";
  private static final String TOKEN = "ghp_tokenOfTheFeatureTests";
  private static final String OFF = "switched off at GitHub";

  private final SimulatedRepository repository =
      SimulatedRepository.builder(TARGET).pullRequests(120).reviews(1).issueComments(1).build();
  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder().repository(repository).token(TOKEN).timeSource(time).start();
  private final GitHub client =
      GitHub.builder().apiUrl(github.url()).token(TOKEN).timeSource(time).build();
  private final JdbcStore store;

  FeatureSwitchRunTest() {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    store = JdbcStore.open(database);
    store.installSchema();
  }

  @AfterEach
  void close() {
    client.close();
    github.close();
  }

  private BackfillSpec<PullRequest> pullRequests(GitHubTransport transport) {
    PullSource<PullRequest> source =
        client.pullRequests(Set.of(PullRequestExtra.DETAILS), transport);
    return new BackfillSpec<>(source, TARGET, store.pullRequests());
  }

  private BackfillEngine engine() {
    return BackfillEngine.builder(store.progress()).timeSource(time).build();
  }

  private <T> JobResult run(BackfillSpec<T> job) throws InterruptedException {
    time.advance(Duration.ofMinutes(5));
    try (BackfillEngine engine = engine()) {
      return new BackfillRunner(engine).run(List.of(job), RunOptions.DEFAULT).get(0);
    }
  }

  private Backfill backfill(BackfillSpec<?> job) {
    return store.progress().find(job.key()).orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(GitHubTransport.class)
  void pullRequestsOffAreCompleteAndReadOnceTheyAreOn(GitHubTransport transport) throws Exception {
    BackfillSpec<PullRequest> job = pullRequests(transport);
    repository.switchPullRequests(false);

    JobResult off = run(job);
    assertThat(off.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(off.message()).contains(OFF);
    assertThat(backfill(job).note()).contains(OFF);
    assertThat(backfill(job).counters().processed()).isZero();
    assertThat(run(job).outcome()).as("a later sync looks again").isEqualTo(Outcome.COMPLETED);

    repository.switchPullRequests(true);
    JobResult on = run(job);
    assertThat(on.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(on.counts().items()).isEqualTo(120);
    assertThat(backfill(job).note()).isNull();
    assertThat(backfill(job).counters().processed()).isEqualTo(120);

    repository.switchPullRequests(false);
    assertThat(run(job).outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(backfill(job).counters().processed()).as("rows stay").isEqualTo(120);
    assertThat(backfill(job).note()).contains(OFF);
    try (BackfillEngine engine = engine()) {
      SliceResult verified = engine.verify(job, SliceLimits.UNLIMITED);
      assertThat(verified).isInstanceOf(SliceResult.Done.class);
      assertThat(verified.backfill().status()).isEqualTo(BackfillStatus.COMPLETED);
    }
  }

  @ParameterizedTest
  @EnumSource(GitHubTransport.class)
  void pullRequestsSwitchedOffMidwayEndTheRunAndGoOnLater(GitHubTransport transport)
      throws Exception {
    BackfillSpec<PullRequest> job = pullRequests(transport);
    try (BackfillEngine engine = engine()) {
      engine.runSlice(job, SliceLimits.UNLIMITED.withMaxChunks(1));
    }
    long before = backfill(job).counters().processed();
    repository.switchPullRequests(false);
    assertThat(run(job).outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(backfill(job).counters().processed()).isEqualTo(before);

    repository.switchPullRequests(true);
    assertThat(run(job).outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(backfill(job).counters().processed()).isEqualTo(120);
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 410})
  void issuesOffAreCompleteAndReadOnceTheyAreOn(int status) throws Exception {
    BackfillSpec<?> job = new BackfillSpec<>(client.issueComments(), TARGET, store.issueComments());
    repository.switchIssuesOff(status);
    assertThat(run(job).outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(backfill(job).note()).contains("Issues are " + OFF);

    repository.switchIssuesOn();
    assertThat(run(job).outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(backfill(job).counters().processed()).isEqualTo(repository.issueCommentCount());
  }
}
