package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.AbstractHistoryTablesTest.Topic;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Databases that are not in UTF8: nothing stops, and what they cannot keep is escaped. */
class PostgresEncodingTest {

  private static final AtomicInteger COUNTER = new AtomicInteger();

  /** Latin, which most encodings have, Cyrillic, Chinese, and a character of four bytes. */
  private static final String TEXT = "caf\u00e9 \u0416 \u4e2d \uD83D\uDE00 {\"a\":1}";

  private static TestDatabase database(String encoding) throws SQLException {
    String name = "encoded" + COUNTER.incrementAndGet();
    try (Connection connection = TestDatabase.server().getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE DATABASE "
              + name
              + " ENCODING '"
              + encoding
              + "' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
    }
    return TestDatabase.postgres().with(TestDatabase.server().getDatabase("postgres", name));
  }

  @ParameterizedTest
  @CsvSource({
    "LATIN1, caf\u00e9 \\u0416 \\u4e2d \\ud83d\\ude00",
    "WIN1251, caf\\u00e9 \u0416 \\u4e2d \\ud83d\\ude00",
    "SQL_ASCII, caf\u00e9 \u0416 \u4e2d \uD83D\uDE00",
    "UTF8, caf\u00e9 \u0416 \u4e2d \uD83D\uDE00"
  })
  void whatTheEncodingLacksIsEscapedAndNothingStops(String encoding, String stored)
      throws Exception {
    TestDatabase database = database(encoding);
    JdbcStore store = database.install();
    String text = stored + " {\"a\":1}";
    Lease lease = Chunks.claim(store.progress(), "worker " + TEXT);

    for (int number = 1; number <= 3; number++) {
      // The second chunk goes step by step, since something enters the quarantine.
      List<RejectedItem> rejected =
          number == 2 ? List.of(new RejectedItem("key " + TEXT, TEXT, TEXT)) : List.of();
      assertThat(
              store
                  .progress()
                  .commit(
                      lease,
                      chunk(
                          number, List.of(History.pullRequest(number, TEXT, History.T0)), rejected),
                      store.pullRequests())
                  .counts())
          .isEqualTo(new SinkCounts(1, 0));
    }
    store.progress().recordFailure(lease, TEXT);

    assertThat(database.query("SELECT title FROM {pull_requests}"))
        .hasSize(3)
        .allSatisfy(row -> assertThat(row).containsEntry("title", text));
    QuarantinedItem item = store.progress().quarantined(lease.backfill(), 10).get(0);
    assertThat(item.item()).isEqualTo(new RejectedItem("key " + text, text, text));
    assertThat(store.progress().get(lease.backfill()).cursor().value())
        .isEqualTo("after 3 " + text);
    assertThat(store.progress().get(lease.backfill()).lastError()).isEqualTo(text);
    assertThat(store.progress().release(lease, LeaseRelease.failed(TEXT)).lastError())
        .isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"LATIN1", "WIN1251"})
  void namesAndReasonsOfJobsAreEscapedToo(String encoding) throws Exception {
    JdbcStore store = database(encoding).install();
    BackfillKey key = new BackfillKey("a source", "owner/\uD83D\uDE00");

    assertThat(store.progress().register(key, TEXT).id())
        .isEqualTo(store.progress().register(key, TEXT).id());
    assertThat(store.progress().find(key)).isPresent();
    assertThat(store.failures().failed("print " + TEXT, key, History.T0)).isNotNull();
    assertThat(store.failures().find("print " + TEXT)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"LATIN1", "WIN1251", "SQL_ASCII", "UTF8"})
  void aKeyIsFoundAlthoughItIsStoredEscaped(String encoding) throws Exception {
    TestDatabase database = database(encoding);
    JdbcStore store = database.install();
    database.execute(AbstractHistoryTablesTest.CREATE_TOPICS);
    Sink<Topic> topics = store.sinks.of(AbstractHistoryTablesTest.TOPICS);
    Lease lease = Chunks.claim(store.progress(), "worker");
    RejectedItem rejected = new RejectedItem("rejected " + TEXT, "refused", "{}");
    store.progress().commit(lease, chunk(1, List.of(Topic.of(TEXT)), List.of(rejected)), topics);

    String scope = Long.toString(History.REPOSITORY.id());
    List<String> keys = List.of(TEXT, "rejected " + TEXT, "another " + TEXT);
    assertThat(store.progress().missing(lease.backfill(), topics, scope, keys))
        .hasValue(List.of("another " + TEXT));
  }

  /** A sink of a host's own writes what it likes: the item is poison, and can be quarantined. */
  @ParameterizedTest
  @ValueSource(strings = {"LATIN1", "WIN1251"})
  void anItemThatAHostsSinkCannotWriteIsPoison(String encoding) throws Exception {
    TestDatabase database = database(encoding);
    JdbcStore store = database.install();
    database.execute("CREATE TABLE {own} (title text)");
    Sink<String> sink =
        JdbcSink.of(
            (connection, items) -> {
              for (String title : items) {
                try (PreparedStatement insert =
                    connection.prepareStatement(
                        "INSERT INTO " + database.table("own") + " VALUES (?)")) {
                  insert.setString(1, title);
                  insert.executeUpdate();
                }
              }
              return new SinkCounts(items.size(), 0);
            });
    Lease lease = Chunks.claim(store.progress(), "worker");

    assertThatThrownBy(
            () -> store.progress().commit(lease, chunk(1, List.of("good", TEXT), List.of()), sink))
        .isInstanceOf(PoisonItemException.class);
    store
        .progress()
        .commit(
            lease,
            chunk(1, List.of("good"), List.of(new RejectedItem("2", "no " + TEXT, TEXT))),
            sink);

    assertThat(database.value("SELECT title FROM {own}")).isEqualTo("good");
    assertThat(store.progress().quarantined(lease.backfill(), 10)).hasSize(1);
  }

  private static <T> ChunkCommit<T> chunk(long number, List<T> items, List<RejectedItem> rejected) {
    ChunkCommit<T> plain = Chunks.chunk(number, items, rejected, Total.exact(100));
    return plain
        .withPlace(
            number, number == 1 ? Cursor.START : new Cursor("after " + (number - 1) + " " + TEXT))
        .withChunk(
            new Chunk<>(items, rejected, new Cursor("after " + number + " " + TEXT), false, 2));
  }
}
