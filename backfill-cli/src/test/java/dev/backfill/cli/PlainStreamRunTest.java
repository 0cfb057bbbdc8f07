package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.source.PullSource;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillRunner;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.JobResult.Outcome;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.github.GitHub;
import dev.backfill.github.GitHubStream;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.RepositoryLists;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Labels and milestones of a repository, from GitHub into their tables. */
class PlainStreamRunTest {

  private static final String TARGET = "sim/repo";

  private final SimulatedRepository repository =
      SimulatedRepository.builder(TARGET).labels(130).milestones(7).build();
  private final SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start();
  private final GitHub client = GitHub.builder().apiUrl(github.url()).build();
  private final JdbcDataSource database = new JdbcDataSource();
  private final JdbcStore store;

  PlainStreamRunTest() {
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    store = JdbcStore.open(database).installSchema();
  }

  @AfterEach
  void close() {
    client.close();
    github.close();
  }

  @Test
  void labelsAreStoredAsGitHubHasThem() throws Exception {
    run(GitHubStream.LABELS);
    List<List<@Nullable Object>> expected = new ArrayList<>();
    for (RepositoryLists.Label row : repository.list(RepositoryLists.LABELS).rows()) {
      expected.add(row(row.name(), row.id(), row.color(), row.description(), row.isDefault()));
    }
    assertThat(
            stored("SELECT name, github_id, color, description, is_default FROM repository_labels"))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void milestonesAreStoredAsGitHubHasThem() throws Exception {
    run(GitHubStream.MILESTONES);
    List<List<@Nullable Object>> expected = new ArrayList<>();
    for (RepositoryLists.Milestone row : repository.list(RepositoryLists.MILESTONES).rows()) {
      expected.add(
          row(
              row.number(),
              row.id(),
              row.title(),
              row.description(),
              row.isOpen() ? "open" : "closed",
              row.creator() == null ? null : row.creator().login(),
              row.openIssues(),
              row.closedIssues(),
              row.createdAt(),
              row.updatedAt(),
              row.closedAt(),
              row.dueOn()));
    }
    assertThat(
            stored(
                "SELECT number, github_id, title, description, state, creator_login, open_issues,"
                    + " closed_issues, created_at, updated_at, closed_at, due_on FROM milestones"))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void aSecondRunChangesNothingAndAThirdOneStoresWhatIsNew() throws Exception {
    for (GitHubStream<?> stream : List.of(GitHubStream.LABELS, GitHubStream.MILESTONES)) {
      run(stream);
      assertThat(run(stream).counts().items()).as("%s, unchanged", stream).isZero();
    }
    repository.list(RepositoryLists.LABELS).add();
    repository.list(RepositoryLists.MILESTONES).add();
    run(GitHubStream.LABELS);
    run(GitHubStream.MILESTONES);
    assertThat(stored("SELECT COUNT(*) FROM repository_labels")).containsExactly(row(131L));
    assertThat(stored("SELECT COUNT(*) FROM milestones")).containsExactly(row(8L));
    assertThat(stored("SELECT processed_items FROM backfill_progress ORDER BY source"))
        .containsExactly(row(131L), row(8L));
  }

  /** As a host does that has time for one chunk a call. */
  @ParameterizedTest
  @ValueSource(strings = {"labels", "milestones"})
  void aVerificationInSlicesOfOneChunkEnds(String name) throws Exception {
    GitHubStream<?> stream = GitHubStream.named(name).orElseThrow();
    run(stream);
    execute("DELETE FROM repository_labels WHERE name IN ('bug', 'C++')");
    execute("DELETE FROM milestones WHERE number IN (1, 7)");
    verifyInSlices(stream);
    assertThat(stored("SELECT COUNT(*) FROM repository_labels WHERE name IN ('bug', 'C++')"))
        .containsExactly(row(stream == GitHubStream.LABELS ? 2L : 0L));
    assertThat(stored("SELECT COUNT(*) FROM milestones WHERE number IN (1, 7)"))
        .containsExactly(row(stream == GitHubStream.MILESTONES ? 2L : 0L));
  }

  private <T> void verifyInSlices(GitHubStream<T> stream) throws InterruptedException {
    BackfillSpec<T> job =
        new BackfillSpec<>(
            client.stream(stream), TARGET, store.sink(stream.itemType()).orElseThrow());
    try (BackfillEngine engine = BackfillEngine.builder(store.progress()).build()) {
      int slices = 0;
      SliceResult result;
      do {
        assertThat(++slices).as("slices").isLessThan(40);
        result = engine.verify(job, SliceLimits.UNLIMITED.withMaxChunks(1));
      } while (!(result instanceof SliceResult.Done));
    }
  }

  private <T> JobResult run(GitHubStream<T> stream) throws InterruptedException {
    PullSource<T> source = client.stream(stream);
    try (BackfillRunner runner = BackfillRunner.with(store)) {
      JobResult result = runner.run(source, TARGET);
      assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
      return result;
    }
  }

  private static List<@Nullable Object> row(@Nullable Object... values) {
    List<@Nullable Object> row = new ArrayList<>();
    for (Object value : values) {
      row.add(value);
    }
    return row;
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<List<@Nullable Object>> stored(String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      List<List<@Nullable Object>> rows = new ArrayList<>();
      int columns = found.getMetaData().getColumnCount();
      while (found.next()) {
        @Nullable Object[] values = new @Nullable Object[columns];
        for (int i = 0; i < columns; i++) {
          Object value = found.getObject(i + 1);
          values[i] = value instanceof OffsetDateTime time ? (Object) time.toInstant() : value;
        }
        rows.add(row(values));
      }
      return rows;
    }
  }
}
