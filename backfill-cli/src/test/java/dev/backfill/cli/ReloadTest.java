package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillRunner;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.JobResult.Outcome;
import dev.backfill.core.run.RunOptions;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What messages advise can be done. */
class ReloadTest {

  private static final String TARGET = "sim/repo";

  private final SimulatedRepository first =
      SimulatedRepository.builder(TARGET).id(1).pullRequests(150).build();
  private final SimulatedRepository second =
      SimulatedRepository.builder("sim/other").id(2).seed(7).pullRequests(40).build();
  private final JdbcDataSource database = new JdbcDataSource();
  private JdbcStore store;

  @BeforeEach
  void install() {
    database.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    store = JdbcStore.open(database);
    store.installSchema();
  }

  @Test
  void aRepositoryThatTookOverANameCanBeReadAfterARestart() throws Exception {
    try (SimulatedGitHub github =
        SimulatedGitHub.builder().repository(first).repository(second).start()) {
      assertThat(run(github).outcome()).isEqualTo(Outcome.COMPLETED);
      first.renameTo("sim/old");
      second.renameTo(TARGET);
      JobResult stopped = run(github);
      assertThat(stopped.failure())
          .isInstanceOfSatisfying(
              PermanentFailureException.class,
              failure -> assertThat(failure.reason()).isEqualTo(Reason.IDENTITY_CHANGED))
          .hasMessageContaining("backfill reload");

      assertThat(
              store.progress().reload(stopped.backfill().id(), RequestedBy.by("ann", "it is new")))
          .isPresent();
      assertThat(run(github).outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(stored(1)).isEqualTo(150);
      assertThat(stored(2)).isEqualTo(40);
    }
  }

  private JobResult run(SimulatedGitHub github) throws Exception {
    try (GitHub client = GitHub.builder().apiUrl(github.url()).build();
        BackfillEngine engine = BackfillEngine.builder(store.progress()).build()) {
      return new BackfillRunner(engine)
          .run(
              List.of(
                  new BackfillSpec<>(client.pullRequests(Set.of()), TARGET, store.pullRequests())),
              RunOptions.DEFAULT)
          .get(0);
    }
  }

  private int stored(long repository) throws Exception {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT COUNT(*) FROM pull_requests WHERE repository_id = " + repository)) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
