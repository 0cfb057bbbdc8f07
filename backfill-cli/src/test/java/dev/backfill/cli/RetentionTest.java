package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.store.RequestedBy;
import dev.backfill.cli.command.BackfillCommand;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Records of past work do not grow without end. */
class RetentionTest {

  private static final String TARGET = "sim/repo";
  private static final List<String> RECORDS =
      List.of("sync_logs", "backfill_transitions", "backfill_job_events", "backfill_chunks");

  private final SimulatedRepository repository =
      SimulatedRepository.builder(TARGET).pullRequests(20).reviews(0).issueComments(1).build();
  private final SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start();
  private final GitHub client = GitHub.builder().apiUrl(github.url()).build();
  private final JdbcDataSource database = new JdbcDataSource();
  private JdbcStore store;

  @BeforeEach
  void install() {
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
  void looksAtWhatHasNotChangedLeaveNoRows() throws Exception {
    try (BackfillManager manager = manager().build()) {
      manager.track(TARGET);
      manager.runDue();
      lookAgain(manager);
      Map<String, Long> before = records();
      String looked = completedAt();
      lookAgain(manager);
      lookAgain(manager);
      assertThat(records()).isEqualTo(before);
      assertThat(completedAt()).isGreaterThan(looked);
    }
  }

  @Test
  void aLookThatFindsSomethingIsOnRecord() throws Exception {
    try (BackfillManager manager = manager().build()) {
      manager.track(TARGET);
      manager.runDue();
      long before = records().get("sync_logs");
      repository.addIssueComment(repository.numbers().findFirst().orElseThrow());
      lookAgain(manager);
      assertThat(records().get("sync_logs")).isGreaterThan(before);
    }
  }

  @Test
  void oldRecordsGoOnceADayInOneManager() throws Exception {
    try (BackfillManager one = manager().build();
        BackfillManager other = manager().build()) {
      one.track(TARGET);
      one.runDue();
      age();
      requestSync(other);
      assertThat(records().get("backfill_job_events")).as("of the first day").isPositive();
      assertThat(old()).as("it was pruned already today").isPositive();
      execute("UPDATE backfill_upkeep SET begun_at = DATEADD('DAY', -2, begun_at)");
    }
    try (BackfillManager next = manager().build()) {
      requestSync(next);
      assertThat(old()).isZero();
    }
  }

  @Test
  void withoutRetentionNothingIsRemoved() throws Exception {
    try (BackfillManager manager = manager().retention(null).build()) {
      manager.track(TARGET);
      manager.runDue();
      age();
      requestSync(manager);
      assertThat(old()).isPositive();
    }
  }

  @Test
  void theCommandSaysWhatItWouldRemoveAndRemovesIt() throws Exception {
    try (BackfillManager manager = manager().build()) {
      manager.track(TARGET);
      manager.runDue();
    }
    age();
    long old = old();
    assertThat(run("prune", "--dry-run")).contains("Would remove 2 run(s)").contains("90 day(s)");
    assertThat(old()).isEqualTo(old);
    assertThat(run("prune", "--older-than", "P365D")).contains("Removed 0 run(s)");
    assertThat(run("prune")).contains("Removed 2 run(s)");
    assertThat(old()).isZero();
  }

  private BackfillManager.Builder manager() {
    return BackfillManager.builder(store.progress(), store.jobs())
        .source(client.pullRequests(Set.of()), store.pullRequests())
        .source(client.issueComments(), store.issueComments());
  }

  /** On schedule, without anybody having asked. */
  private void lookAgain(BackfillManager manager) throws Exception {
    execute("UPDATE backfill_jobs SET due_at = DATEADD('SECOND', -1, CURRENT_TIMESTAMP)");
    assertThat(manager.runDue(Duration.ofMinutes(1)).completed()).isEqualTo(2);
  }

  private static void requestSync(BackfillManager manager) throws Exception {
    manager.sync(TARGET, RequestedBy.by("ann", "a test"));
    manager.runDue();
  }

  private void age() throws SQLException {
    execute("UPDATE sync_logs SET started_at = DATEADD('DAY', -100, started_at)");
    execute("UPDATE backfill_transitions SET occurred_at = DATEADD('DAY', -100, occurred_at)");
    execute("UPDATE backfill_job_events SET occurred_at = DATEADD('DAY', -100, occurred_at)");
  }

  private long old() throws SQLException {
    return number("SELECT COUNT(*) FROM sync_logs WHERE started_at < DATEADD('DAY', -90, NOW())")
        + number(
            "SELECT COUNT(*) FROM backfill_transitions"
                + " WHERE occurred_at < DATEADD('DAY', -90, NOW())")
        + number(
            "SELECT COUNT(*) FROM backfill_job_events"
                + " WHERE occurred_at < DATEADD('DAY', -90, NOW())");
  }

  private Map<String, Long> records() throws SQLException {
    Map<String, Long> records = new LinkedHashMap<>();
    for (String table : RECORDS) {
      records.put(table, number("SELECT COUNT(*) FROM " + table));
    }
    return records;
  }

  private String completedAt() throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT CAST(MIN(completed_at) AS VARCHAR) FROM backfill_progress")) {
      row.next();
      return row.getString(1);
    }
  }

  private long number(String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--jdbc-url", database.getURL()));
    StringWriter out = new StringWriter();
    CommandLine command = BackfillCommand.commandLine(arguments);
    command.setOut(new PrintWriter(out, true));
    assertThat(command.execute(all.toArray(String[]::new))).isZero();
    return out.toString();
  }
}
