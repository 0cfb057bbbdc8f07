package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of a host's own behave as the store's do: newer wins, and what is missing is found. */
class JdbcUpsertTest {

  @Nested
  class OnPostgres extends Databases {
    OnPostgres() {
      super(TestDatabase.postgres());
    }
  }

  @Nested
  class OnH2 extends Databases {
    OnH2() {
      super(TestDatabase.h2());
    }
  }

  @Nested
  class OnSqlite extends Databases {
    OnSqlite(@TempDir Path folder) {
      super(TestDatabase.sqlite(folder));
    }
  }

  /** An item of a host's own source. */
  record Ticket(
      long shop,
      String number,
      @Nullable String title,
      boolean open,
      @Nullable Integer cost,
      Instant updatedAt) {}

  abstract static class Databases {

    private static final Instant T0 = Instant.parse("2024-02-29T12:00:00.123456Z");

    private final TestDatabase database;
    private final String table;
    private final Sink<Ticket> sink;

    Databases(TestDatabase database) {
      this.database = database;
      this.database.install();
      this.table = database.table("tickets_2024");
      this.sink =
          JdbcUpsert.into(table)
              .scope("shop")
              .key("number")
              .newerBy("updated_at")
              .keepIfNull("cost")
              .map(Databases::row);
      try {
        database.execute(
            "CREATE TABLE "
                + table
                + " (shop BIGINT, number VARCHAR(20), title VARCHAR(100), is_open BOOLEAN,"
                + " cost INT, updated_at TIMESTAMP WITH TIME ZONE, PRIMARY KEY (shop, number))");
      } catch (java.sql.SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    private static Map<String, Object> row(Ticket ticket) {
      Map<String, Object> row = new HashMap<>();
      row.put("shop", (int) ticket.shop());
      row.put("number", ticket.number());
      row.put("title", ticket.title());
      row.put("is_open", ticket.open());
      row.put("cost", ticket.cost());
      row.put("updated_at", ticket.updatedAt());
      return row;
    }

    private static Ticket ticket(String number, @Nullable String title, long minutes) {
      return new Ticket(7, number, title, true, null, T0.plusSeconds(60 * minutes));
    }

    private <R> R inTransaction(Action<R> action) throws Exception {
      try (Connection connection = database.dataSource().getConnection()) {
        connection.setAutoCommit(false);
        R result =
            action.run(
                new SinkTransaction() {
                  @Override
                  public <H> Optional<H> unwrap(Class<H> type) {
                    return Optional.of(type.cast(connection));
                  }
                });
        connection.commit();
        return result;
      }
    }

    private interface Action<R> {
      R run(SinkTransaction transaction) throws Exception;
    }

    private SinkCounts write(Ticket... tickets) throws Exception {
      return inTransaction(transaction -> sink.write(Arrays.asList(tickets), transaction));
    }

    private Object value(String column, String number) throws Exception {
      return database
          .query("SELECT " + column + " FROM " + table + " WHERE number = '" + number + "'")
          .get(0)
          .get(column);
    }

    @Test
    void newRowsAreInsertedAndCounted() throws Exception {
      assertThat(write(ticket("A-1", "one", 1), ticket("A-2", null, 1)))
          .isEqualTo(new SinkCounts(2, 0));
      assertThat(value("title", "A-1")).isEqualTo("one");
      assertThat(value("title", "A-2")).isNull();
    }

    @Test
    void anOlderCopyNeverOverwritesANewerOne() throws Exception {
      write(ticket("A-1", "new", 2));
      assertThat(write(ticket("A-1", "old", 1))).isEqualTo(SinkCounts.NONE);
      assertThat(value("title", "A-1")).isEqualTo("new");
      assertThat(write(ticket("A-1", "newest", 3))).isEqualTo(new SinkCounts(0, 1));
      assertThat(value("title", "A-1")).isEqualTo("newest");
    }

    @Test
    void anUnchangedCopyCountsNothing() throws Exception {
      write(ticket("A-1", "one", 1));
      assertThat(write(ticket("A-1", "one", 1))).isEqualTo(SinkCounts.NONE);
    }

    @Test
    void ofTwoCopiesInOneChunkTheNewerWins() throws Exception {
      assertThat(write(ticket("A-1", "new", 2), ticket("A-1", "old", 1)))
          .isEqualTo(new SinkCounts(1, 0));
      assertThat(value("title", "A-1")).isEqualTo("new");
    }

    @Test
    void aNullLeavesWhatAnEarlierCopyHad() throws Exception {
      write(new Ticket(7, "A-1", "one", true, 12, T0));
      write(new Ticket(7, "A-1", "two", true, null, T0.plusSeconds(1)));
      assertThat(value("title", "A-1")).isEqualTo("two");
      assertThat(((Number) value("cost", "A-1")).intValue()).isEqualTo(12);
    }

    private OptionalLong count(Sink<Ticket> counted, String scope) throws Exception {
      return inTransaction(transaction -> counted.count(scope, transaction));
    }

    private Optional<Set<String>> stored(Sink<Ticket> from, String scope, String... keys)
        throws Exception {
      return inTransaction(transaction -> from.stored(scope, List.of(keys), transaction));
    }

    @Test
    void whatIsStoredOfATargetIsCountedAndFound() throws Exception {
      write(ticket("A-1", "one", 1), ticket("A-2", "two", 1));
      write(new Ticket(8, "A-3", "another shop's", true, null, T0));
      assertThat(count(sink, "7")).hasValue(2);
      assertThat(stored(sink, "7", "A-1", "A-3", "B-1")).contains(Set.of("A-1"));
      assertThat(count(sink, "no number")).hasValue(0);
      assertThat(stored(sink, "no number", "A-1")).contains(Set.of());
    }

    @Test
    void withoutAScopeNothingIsCounted() throws Exception {
      Sink<Ticket> unscoped = JdbcUpsert.into(table).key("shop", "number").map(Databases::row);
      SinkCounts first = inTransaction(t -> unscoped.write(List.of(ticket("A-1", "a", 1)), t));
      SinkCounts last = inTransaction(t -> unscoped.write(List.of(ticket("A-1", "b", 0)), t));
      assertThat(first).isEqualTo(new SinkCounts(1, 0));
      assertThat(last).as("the last copy wins").isEqualTo(new SinkCounts(0, 1));
      assertThat(count(unscoped, "7")).isEmpty();
      assertThat(stored(unscoped, "7", "A-1")).isEmpty();
    }

    @Test
    void rowsThatDoNotFitAreRefusedWithTheColumn() throws Exception {
      assertRefused(JdbcUpsert.into(table).key("number").map(t -> Map.of("title", "x")), "number");
      assertRefused(JdbcUpsert.into(table).key("number").map(t -> Map.of("number", 1)), "beside");
      assertRefused(
          JdbcUpsert.into(table).key("number").map(t -> Map.of("number", "1", "cost", 1.5)),
          "java.lang.Double");
      Sink<Ticket> nullKey =
          JdbcUpsert.into(table)
              .key("number")
              .map(
                  t -> {
                    Map<String, Object> row = new HashMap<>();
                    row.put("number", null);
                    row.put("title", "x");
                    return row;
                  });
      assertRefused(nullKey, "number");
    }

    private void assertRefused(Sink<Ticket> refused, String part) {
      assertThatThrownBy(
              () ->
                  inTransaction(
                      transaction -> refused.write(List.of(ticket("A-1", "a", 1)), transaction)))
          .isInstanceOf(InvalidConfigurationException.class)
          .hasMessageContaining(part)
          .hasMessageContaining("Nothing of the chunk is stored");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a;drop table b", "a.b.c", "1a", "\"a\""})
  void aNameThatNeedsQuotesIsRefused(String name) {
    assertThatThrownBy(() -> JdbcUpsert.into(name))
        .isInstanceOf(InvalidConfigurationException.class);
    assertThatThrownBy(() -> JdbcUpsert.into("a").key(name))
        .isInstanceOf(InvalidConfigurationException.class);
  }

  @Test
  void aTableWithoutAKeyIsRefused() {
    assertThatThrownBy(() -> JdbcUpsert.into("a").map(item -> Map.of()))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("key");
  }
}
