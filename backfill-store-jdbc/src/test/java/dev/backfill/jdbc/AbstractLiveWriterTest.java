package dev.backfill.jdbc;

import static dev.backfill.jdbc.History.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Repository;
import dev.backfill.api.history.Review;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Newer wins while a live writer, such as a webhook, stores a newer copy between the look at what
 * is stored and the write.
 */
@Timeout(120)
abstract class AbstractLiveWriterTest {

  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private final HookedDataSource hooked = new HookedDataSource();
  private TestDatabase database;
  private JdbcStore plain;
  private JdbcStore store;
  private Lease lease;
  private long number;

  abstract TestDatabase database();

  /**
   * A query on the live writer's connection of how many connections wait for it. Where the database
   * has one writer at a time, a commit that has not begun yet comes to the same.
   */
  abstract String waiting(Row row);

  /** A statement after which a transaction gives up at once when it meets a lock. */
  abstract String impatient();

  @BeforeEach
  void install() {
    database = database();
    plain = database.install();
    store = JdbcStore.open(hooked.of(database.dataSource()), database.names());
    lease = Chunks.claim(store.progress(), "worker");
  }

  @AfterEach
  void end() {
    executor.shutdownNow();
  }

  /** A table of the history, and how a copy of one item becomes its row. */
  enum Row {
    PULL_REQUESTS("title", JdbcStore::pullRequests, AbstractLiveWriterTest::pullRequest),
    PULL_REQUEST_REVIEWS("state", JdbcStore::pullRequests, AbstractLiveWriterTest::pullRequest),
    REPOSITORIES("name", JdbcStore::pullRequests, AbstractLiveWriterTest::pullRequest),
    ACCOUNTS("login", JdbcStore::pullRequests, AbstractLiveWriterTest::pullRequest),
    REVIEW_COMMENTS("body", JdbcStore::reviewComments, AbstractLiveWriterTest::reviewComment),
    ISSUE_COMMENTS("body", JdbcStore::issueComments, AbstractLiveWriterTest::issueComment);

    private final String text;
    private final Function<JdbcStore, Sink<?>> sink;
    private final Copy copy;

    Row(String text, Function<JdbcStore, Sink<?>> sink, Copy copy) {
      this.text = text;
      this.sink = sink;
      this.copy = copy;
    }

    String table() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** GitHub gives accounts no version, so that the last writer wins. */
    boolean hasVersion() {
      return this != ACCOUNTS;
    }

    @SuppressWarnings("unchecked")
    Sink<Object> sink(JdbcStore store) {
      return (Sink<Object>) sink.apply(store);
    }
  }

  /** A copy of an item with a text, as of a moment. */
  @FunctionalInterface
  interface Copy {
    Object of(String text, Instant at);
  }

  /** The write waits for a row that the live writer holds, and has looked at the stored one. */
  @ParameterizedTest
  @EnumSource
  void aNewerCopyCommittedDuringTheWriteWins(Row row) throws Exception {
    for (boolean existing : List.of(true, false)) {
      for (boolean together : List.of(true, false)) {
        given(row, existing);
        Callable<Object> commit = () -> commit(row, together);
        try (Connection live = database.dataSource().getConnection()) {
          live.setAutoCommit(false);
          assertThat(writeNewer(live, row)).isEqualTo(1);
          Future<Object> committed = executor.submit(commit);
          await(live, waiting(row), committed);
          live.commit();
          live.setAutoCommit(true);
          committed.get(60, TimeUnit.SECONDS);
        }
        assertThat(stored(row))
            .as("%s, there before: %s, together: %s", row, existing, together)
            .isEqualTo(row.hasVersion() ? "newest" : ours());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNewerCopyCommittedBetweenTwoStatementsWins(Row row) throws Exception {
    for (boolean existing : List.of(true, false)) {
      boolean reached = true;
      for (int statement = 1; reached; statement++) {
        given(row, existing);
        AtomicBoolean written = new AtomicBoolean();
        reached =
            hooked.before(
                statement,
                () -> written.set(tryTo(live -> writeNewer(live, row))),
                () -> commit(row, false));
        // Where the commit had locked what the writer wants, the writer comes after it.
        assertThat(written.get() || tryTo(live -> writeNewer(live, row))).isTrue();
        assertThat(stored(row))
            .as("%s, there before: %s, before statement %d", row, existing, statement)
            .matches(text -> text.equals("newest") || !row.hasVersion());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anOlderCopyCommittedBetweenTwoStatementsLoses(Row row) throws Exception {
    boolean reached = true;
    for (int statement = 1; reached; statement++) {
      given(row, false);
      reached =
          hooked.before(
              statement,
              () -> tryTo(live -> insert(live, row, "oldest_copy")),
              () -> commit(row, false));
      assertThat(stored(row)).as("%s, before statement %d", row, statement).isEqualTo(ours());
    }
  }

  /** A host's own table; its statements are those that the documentation advises. */
  @Test
  void theAdvisedSinkOfAHostsOwnKeepsANewerCopyToo() throws Exception {
    database.execute(
        "CREATE TABLE {own} (id BIGINT PRIMARY KEY, title VARCHAR(99), version BIGINT)");
    String own = database.table("own");
    Sink<Integer> sink = JdbcSink.of(new AdvisedSink(own));
    boolean reached = true;
    for (int statement = 1; reached; statement++) {
      database.execute("DELETE FROM {own}");
      AtomicBoolean written = new AtomicBoolean();
      reached =
          hooked.before(
              statement,
              () -> written.set(tryTo(live -> insertOwn(live, own))),
              () -> {
                number++;
                store.progress().commit(lease, Chunks.chunk(number, List.of(5)), sink);
              });
      if (written.get()) {
        assertThat(database.value("SELECT title FROM {own}"))
            .as("before statement %d", statement)
            .isEqualTo("newest");
      }
    }
  }

  /** Writes in a transaction that gives up at once when it meets a lock. */
  private boolean tryTo(Write write) {
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute(impatient());
        int rows = write.on(connection);
        connection.commit();
        return rows == 1;
      } catch (SQLException e) {
        connection.rollback();
        return false;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** A live writer's statement. */
  @FunctionalInterface
  private interface Write {
    int on(Connection connection) throws SQLException;
  }

  private static int insertOwn(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate("INSERT INTO " + table + " VALUES (1, 'newest', 9)");
    }
  }

  /** Inserts what is not there and then updates what is older. */
  private record AdvisedSink(String table) implements JdbcSink<Integer> {

    @Override
    public SinkCounts write(Connection connection, List<Integer> items) throws SQLException {
      int inserted = 0;
      int updated = 0;
      try (Statement statement = connection.createStatement()) {
        for (int version : items) {
          inserted +=
              statement.executeUpdate(
                  "INSERT INTO %1$s SELECT 1, 'middle', %2$d WHERE NOT EXISTS (SELECT 1 FROM %1$s)"
                      .formatted(table, version));
          updated +=
              statement.executeUpdate(
                  "UPDATE %1$s SET title = 'middle', version = %2$d WHERE id = 1 AND version < %2$d"
                      .formatted(table, version));
        }
      }
      return new SinkCounts(inserted, updated);
    }
  }

  /** The oldest copy of the row is in its table, or nothing; the newest is beside it. */
  private void given(Row row, boolean existing) throws Exception {
    number++;
    if (number == 1) {
      for (String copy : List.of("oldest", "newest")) {
        commitAs(copy, at(copy.equals("oldest") ? 10 : 30), row, false);
        database.execute("CREATE TABLE {" + copy + "_copy} AS SELECT * FROM {" + row.table() + "}");
        number++;
      }
    }
    database.execute("DELETE FROM {" + row.table() + "}");
    if (existing) {
      database.execute("INSERT INTO {" + row.table() + "} SELECT * FROM {oldest_copy}");
    }
  }

  /** Another text each time: what a lease has committed it leaves out. */
  private String ours() {
    return "middle " + number;
  }

  private Object commit(Row row, boolean together) {
    commitAs(ours(), at(20), row, together);
    return true;
  }

  private void commitAs(String text, Instant at, Row row, boolean together) {
    Sink<Object> known = row.sink(store);
    Sink<Object> sink = together ? known : (items, transaction) -> known.write(items, transaction);
    store.progress().commit(lease, Chunks.chunk(number, List.of(row.copy.of(text, at))), sink);
  }

  /** The live writer's statement: the row becomes the newest copy. */
  private int writeNewer(Connection connection, Row row) throws SQLException {
    String columns = String.join(", ", database.columns(row.table()));
    String update =
        "UPDATE %s SET (%s) = (SELECT %s FROM %s)"
            .formatted(
                database.table(row.table()), columns, columns, database.table("newest_copy"));
    try (Statement statement = connection.createStatement()) {
      int updated = statement.executeUpdate(update);
      return updated == 1 ? 1 : insert(connection, row, "newest_copy");
    }
  }

  private int insert(Connection connection, Row row, String copy) throws SQLException {
    String table = database.table(row.table());
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(
          "INSERT INTO " + table + " SELECT * FROM " + database.table(copy));
    }
  }

  private String stored(Row row) throws SQLException {
    return String.valueOf(database.value("SELECT " + row.text + " FROM {" + row.table() + "}"));
  }

  private static void await(Connection live, String waiting, Future<?> committed) throws Exception {
    try (PreparedStatement query = live.prepareStatement(waiting)) {
      while (true) {
        try (ResultSet rows = query.executeQuery()) {
          rows.next();
          if (rows.getInt(1) > 0) {
            return;
          }
        }
        if (committed.isDone()) {
          committed.get();
          throw new AssertionError("the commit did not wait for the live writer");
        }
      }
    }
  }

  private static PullRequest pullRequest(String text, Instant at) {
    return PullRequest.builder()
        .repository(repository(text, at))
        .number(1)
        .githubId(9_000_000_001L)
        .htmlUrl("https://github.com/owner/name/pull/1")
        .title(text)
        .body("body")
        .author(account(text))
        .open(true)
        .createdAt(at(1))
        .updatedAt(at)
        .headRef("topic")
        .headSha("abc")
        .baseRef("main")
        .baseSha("def")
        .reviews(List.of(new Review(1, 1, text, account(text), at(1), "", "abc")))
        .build();
  }

  private static ReviewComment reviewComment(String text, Instant at) {
    return new ReviewComment(
        repository(text, at), 1, 7, 3L, null, "src/Main.java", account(text), text, at(1), at);
  }

  private static IssueComment issueComment(String text, Instant at) {
    return new IssueComment(repository(text, at), 1, 7, true, account(text), text, at(1), at);
  }

  private static Repository repository(String text, Instant at) {
    return new Repository(
        8_000_000_000L, "owner/" + text, false, "https://github.com/owner/name", at(1), at);
  }

  private static Account account(String text) {
    return new Account(5_000_000_001L, text, "User");
  }
}
