package dev.backfill.jdbc;

import static dev.backfill.jdbc.History.ALICE;
import static dev.backfill.jdbc.History.BOB;
import static dev.backfill.jdbc.History.DETAILS;
import static dev.backfill.jdbc.History.REPOSITORY;
import static dev.backfill.jdbc.History.T0;
import static dev.backfill.jdbc.History.pullRequest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.Repository;
import dev.backfill.api.internal.history.Column;
import dev.backfill.api.internal.history.HistoryTable;
import dev.backfill.api.internal.history.HistoryTables;
import dev.backfill.api.internal.history.UpsertTable;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The definitions of history tables, and their sinks, the same on every database. */
abstract class AbstractHistoryTablesTest {

  /** An item whose key is a text. */
  record Topic(
      Repository repository,
      String name,
      int pullRequestNumber,
      boolean featured,
      @Nullable Account author) {

    static Topic of(String name) {
      return new Topic(REPOSITORY, name, 7, false, ALICE);
    }
  }

  static final HistoryTable<Topic> TOPICS =
      HistoryTable.of(Topic.class, "topics")
          .repository(Topic::repository)
          .text("name", Topic::name)
          .integer("pull_request_number", Topic::pullRequestNumber)
          .bool("featured", Topic::featured)
          .account("author", Topic::author)
          .key("repository_id", "name")
          .reported(new HistoryTable.Reported("commits", "pull_request_number", "1 = 1", "topics"))
          .build();

  static final String CREATE_TOPICS =
      "CREATE TABLE {topics} (repository_id bigint NOT NULL, name varchar NOT NULL,"
          + " pull_request_number integer NOT NULL, featured boolean NOT NULL, author_id bigint,"
          + " author_login varchar, PRIMARY KEY (repository_id, name))";

  private static final String SCOPE = Long.toString(REPOSITORY.id());

  private TestDatabase database;
  private JdbcStore store;
  private Sink<Topic> topics;
  private Lease lease;
  private long number;

  abstract TestDatabase database();

  @BeforeEach
  void install() throws Exception {
    database = database();
    store = database.install();
    database.execute(CREATE_TOPICS);
    topics = store.sinks.of(TOPICS);
    lease = Chunks.claim(store.progress(), "worker");
  }

  @Test
  void eachTableHasTheColumnsAndTheKeyOfItsDefinition() throws Exception {
    assertThat(HistoryTables.tables()).doesNotHaveDuplicates().isNotEmpty();
    for (UpsertTable table : HistoryTables.tables()) {
      assertThat(database.columns(table.name()))
          .as(table.name())
          .containsExactlyElementsOf(table.names());
      assertThat(primaryKey(table.name()))
          .as("key of " + table.name())
          .containsExactlyElementsOf(
              table.columns().stream().limit(table.keys()).map(Column::name).toList());
    }
  }

  @Test
  void theStoreHasASinkForEachTypeOfItem() {
    assertThat(HistoryTables.ALL)
        .allSatisfy(table -> assertThat(store.sink(table.itemType())).isPresent())
        .extracting(HistoryTable::itemType)
        .doesNotHaveDuplicates();
    assertThat(store.sink(Topic.class)).as("is in no list").isEmpty();
  }

  @Test
  void aTableKeyedByTextIsWrittenWithItsContext() throws Exception {
    assertThat(commit(Topic.of("bug"), Topic.of("Bug"), Topic.of("12")))
        .isEqualTo(new SinkCounts(3, 0));
    assertThat(
            commit(
                Topic.of("bug"),
                new Topic(REPOSITORY, "12", 8, true, BOB),
                new Topic(REPOSITORY, "none", 8, true, null)))
        .isEqualTo(new SinkCounts(1, 1));

    assertThat(database.query("SELECT * FROM {topics} WHERE name = '12'"))
        .singleElement()
        .satisfies(
            row ->
                assertThat(row)
                    .containsEntry("repository_id", REPOSITORY.id())
                    .containsEntry("pull_request_number", 8)
                    .containsEntry("featured", true)
                    .containsEntry("author_id", BOB.id())
                    .containsEntry("author_login", "bob"));
    assertThat(database.query("SELECT * FROM {repositories}")).hasSize(1);
    assertThat(database.query("SELECT * FROM {accounts} ORDER BY login"))
        .extracting(row -> row.get("login"))
        .containsExactly("alice", "bob");
  }

  @Test
  void withoutAVersionTheLastCopyOfAChunkStays() throws Exception {
    commit(
        new Topic(REPOSITORY, "bug", 1, true, ALICE), new Topic(REPOSITORY, "bug", 2, true, BOB));
    commit(
        new Topic(REPOSITORY, "bug", 1, true, ALICE), new Topic(REPOSITORY, "bug", 3, true, BOB));
    assertThat(database.value("SELECT pull_request_number FROM {topics}")).isEqualTo("3");
  }

  @Test
  void textKeysAreComparedAsTexts() throws Exception {
    commit(Topic.of("good first issue"), Topic.of("12"), Topic.of("caf\u00e9 \uD83D\uDE00"));

    assertThat(store.progress().countKnown(id(), topics, SCOPE)).isEqualTo(OptionalLong.of(3));
    assertThat(store.progress().countKnown(id(), topics, "1")).isEqualTo(OptionalLong.of(0));
    assertThat(missing("good first issue", "12", "caf\u00e9 \uD83D\uDE00")).isEmpty();
    assertThat(missing("12", "012", "Good First Issue", "x' OR '1' = '1"))
        .containsExactly("012", "Good First Issue", "x' OR '1' = '1");
    assertThat(store.progress().missing(id(), topics, "1", List.of("12")).orElseThrow())
        .as("of another repository")
        .containsExactly("12");
    assertThat(store.progress().missing(id(), topics, "not a number", List.of("12"))).isEmpty();
  }

  /** PostgreSQL stores neither character. */
  @Test
  void aTextKeyIsFoundAlthoughItIsStoredInAnotherForm() throws Exception {
    commit(Topic.of("nul \0 inside"), Topic.of("lone \uD83D high"));
    store
        .progress()
        .commit(
            lease,
            Chunks.chunk(
                ++number,
                List.<Topic>of(),
                List.of(new RejectedItem("bad \0 key", "refused", "{}")),
                Total.exact(100)),
            topics);

    assertThat(missing("nul \0 inside", "lone \uD83D high", "bad \0 key", "other \0 key"))
        .containsExactly("other \0 key");
  }

  @Test
  void numbersAreComparedAsNumbers() throws Exception {
    write(store.pullRequests(), List.of(pullRequest(7, "seven", T0)));
    assertThat(
            store.progress().missing(id(), store.pullRequests(), SCOPE, List.of("7", "8", "seven")))
        .hasValue(List.of("8", "seven"));
  }

  @Test
  void reportedNumbersAreComparedWithATableKeyedByText() throws Exception {
    write(store.pullRequests(), List.of(pullRequest(7, "seven", ALICE, T0, DETAILS, null)));
    commit(Topic.of("a"), Topic.of("b"));
    assertThat(store.progress().difference(id(), topics, SCOPE))
        .contains("1 stored pull requests report 2 topics more than are stored of them");
    commit(Topic.of("c"), Topic.of("d"));
    assertThat(store.progress().difference(id(), topics, SCOPE)).isEmpty();
  }

  private BackfillId id() {
    return lease.backfill();
  }

  private List<String> missing(String... keys) {
    return store.progress().missing(id(), topics, SCOPE, List.of(keys)).orElseThrow();
  }

  private SinkCounts commit(Topic... items) {
    return write(topics, List.of(items));
  }

  private <T> SinkCounts write(Sink<T> sink, List<T> items) {
    return store.progress().commit(lease, Chunks.chunk(++number, items), sink).counts();
  }

  private List<String> primaryKey(String table) throws SQLException {
    try (Connection connection = database.dataSource().getConnection()) {
      DatabaseMetaData metaData = connection.getMetaData();
      boolean upper = metaData.storesUpperCaseIdentifiers();
      String name = database.names().prefix() + table;
      Map<Integer, String> key = new TreeMap<>();
      try (ResultSet rows =
          metaData.getPrimaryKeys(
              null, database.names().schema(), upper ? name.toUpperCase(Locale.ROOT) : name)) {
        while (rows.next()) {
          key.put(rows.getInt("KEY_SEQ"), rows.getString("COLUMN_NAME").toLowerCase(Locale.ROOT));
        }
      }
      return new ArrayList<>(key.values());
    }
  }
}
