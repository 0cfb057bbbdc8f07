package dev.backfill.supabase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.internal.history.HistoryTable;
import dev.backfill.api.internal.history.HistoryTables;
import dev.backfill.api.internal.history.UpsertTable;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same random chunks over REST and over JDBC, into two projects: rows and results agree. */
class SameRowsTest {

  private static final LeaseRequest REQUEST =
      new LeaseRequest("worker \"1\"", "test", Duration.ofMinutes(5));

  private static final String SCOPE = "8000000000";
  private static final List<String> KEYS =
      List.of(
          "1",
          "2",
          "3",
          "4",
          "5",
          "6",
          "7",
          "label 0",
          "label 4",
          "",
          "x",
          "01",
          "999",
          "label\u0000 4");

  private RestProject first;
  private RestProject second;

  @BeforeEach
  void open() throws Exception {
    first = start();
    second = start();
  }

  /** Starts a project. Both of a test are new, or have had the same tests before. */
  RestProject start() throws Exception {
    return RestProject.start();
  }

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  @Test
  void everyTypeIsGenerated() {
    assertThat(new RandomHistory(1).generators().keySet())
        .containsExactlyInAnyOrderElementsOf(
            HistoryTables.ALL.stream().<Class<?>>map(HistoryTable::itemType).toList());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void bothStoresWriteTheSame(long seed) throws Exception {
    for (HistoryTable<?> table : HistoryTables.ALL) {
      run(table.itemType(), seed, first.rest(), second.jdbc());
    }
    assertSameRows();
  }

  /** Each chunk by the other store, into one project; the second project has one store only. */
  @ParameterizedTest
  @ValueSource(longs = {7})
  void theStoresTakeTurns(long seed) throws Exception {
    for (HistoryTable<?> table : HistoryTables.ALL) {
      run(table.itemType(), seed, new Turns(first.rest(), first.jdbc()), second.jdbc());
    }
    assertSameRows();
  }

  private <T> void run(Class<T> type, long seed, BackfillStore one, BackfillStore other) {
    run(type, seed, new Turns(one, one), other);
  }

  private <T> void run(Class<T> type, long seed, Turns turns, BackfillStore other) {
    Random random = new Random(seed);
    RandomHistory history = new RandomHistory(seed);
    BackfillKey key = new BackfillKey("test:" + type.getSimpleName(), "owner/name");
    Lease lease = claim(turns.next().progress(), key);
    Lease same = claim(other.progress(), key);
    assertThat(lease).isEqualTo(same);
    Cursor history0 = Cursor.START;
    Cursor verify = Cursor.START;
    for (long number = 1; number <= 6; number++) {
      Phase phase = Phase.values()[random.nextInt(4)];
      Cursor before = phase == Phase.VERIFY ? verify : history0;
      Cursor after = new Cursor("after " + number);
      ChunkCommit<T> commit =
          commit(
              random,
              number,
              phase,
              before,
              after,
              random.nextInt(5) == 0 ? List.of() : history.items(type));
      CommitResult result = commit(turns.next(), lease, commit, type);
      assertThat(result).isEqualTo(commit(other, same, commit, type));
      assertThat(commit(turns.next(), lease, commit, type))
          .as("the attempt again")
          .isEqualTo(result);
      if (phase == Phase.VERIFY) {
        verify = after;
      } else {
        history0 = after;
      }
    }
    compare(turns, other, lease, type);
    LeaseRelease release =
        LeaseRelease.completed(BackfillStatus.COMPLETED_WITH_GAPS, 3L, "The list was cut.");
    assertSame(
        turns.next().progress().release(lease, release), other.progress().release(same, release));
  }

  private static <T> ChunkCommit<T> commit(
      Random random, long number, Phase phase, Cursor before, Cursor after, List<T> items) {
    List<RejectedItem> rejected =
        random.nextInt(3) > 0
            ? List.of()
            : List.of(
                new RejectedItem("" + random.nextInt(9), "too\u0000 long", "{\"a\": \"\ud800\"}"),
                new RejectedItem("label " + random.nextInt(5), "too long", "{}"));
    return new ChunkCommit<>(
        number,
        new UUID(random.nextLong(), random.nextLong()),
        before,
        new Chunk<>(items, rejected, after, false, random.nextInt(9)).withPhase(phase),
        new Decision.Proceed(25, 0, "the rule", random.nextBoolean() ? "the basis" : null),
        random.nextBoolean() ? random.nextLong(5_000) : null,
        Duration.ofMillis(random.nextInt(500)),
        Instant.parse("2026-12-01T10:00:00.5Z"),
        random.nextBoolean() ? Total.exact(100) : Total.UNKNOWN,
        random.nextBoolean() ? List.of("1", "2", "label 3") : List.of());
  }

  private static <T> CommitResult commit(
      BackfillStore store, Lease lease, ChunkCommit<T> commit, Class<T> type) {
    return store.progress().commit(lease, commit, store.sink(type).orElseThrow());
  }

  private static Lease claim(ProgressStore store, BackfillKey key) {
    return store.claim(store.register(key, "manual").id(), REQUEST).lease();
  }

  private <T> void compare(Turns turns, BackfillStore other, Lease lease, Class<T> type) {
    BackfillStore one = turns.next();
    Sink<T> sink = one.sink(type).orElseThrow();
    Sink<T> otherSink = other.sink(type).orElseThrow();
    for (String scope : List.of(SCOPE, "5", "x")) {
      assertThat(one.progress().countKnown(lease.backfill(), sink, scope))
          .isEqualTo(other.progress().countKnown(lease.backfill(), otherSink, scope));
      assertThat(one.progress().missing(lease.backfill(), sink, scope, KEYS))
          .isEqualTo(other.progress().missing(lease.backfill(), otherSink, scope, KEYS));
      assertThat(one.progress().difference(lease.backfill(), sink, scope))
          .isEqualTo(other.progress().difference(lease.backfill(), otherSink, scope));
    }
    assertSame(one.progress().get(lease.backfill()), other.progress().get(lease.backfill()));
    assertThat(one.progress().chunks(lease.backfill(), 1, 100))
        .usingRecursiveComparison()
        .ignoringFields("committedAt")
        .isEqualTo(other.progress().chunks(lease.backfill(), 1, 100));
    assertThat(one.progress().quarantined(lease.backfill(), 100))
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("firstSeenAt", "lastSeenAt")
        .containsExactlyInAnyOrderElementsOf(other.progress().quarantined(lease.backfill(), 100));
  }

  private static void assertSame(Backfill one, Backfill other) {
    assertThat(one)
        .usingRecursiveComparison()
        .ignoringFields("createdAt", "startedAt", "updatedAt", "completedAt", "leaseExpiresAt")
        .isEqualTo(other);
  }

  private void assertSameRows() throws SQLException {
    List<String> tables =
        new ArrayList<>(HistoryTables.tables().stream().map(UpsertTable::name).toList());
    for (String table : tables) {
      String rows = "SELECT t::text FROM " + table + " t ORDER BY 1";
      assertThat(first.query(rows)).as(table).isEqualTo(second.query(rows)).isNotEmpty();
    }
    for (String rows :
        List.of(
            "SELECT sync_type, target, backfill_id, fence, status, records_processed,"
                + " records_inserted, records_updated, records_failed, error_message,"
                + " github_api_calls_used, rate_limit_remaining, metadata::jsonb - 'request' FROM sync_logs"
                + " ORDER BY id",
            "SELECT backfill_id, from_status, to_status, cause, actor, reason, fence"
                + " FROM backfill_transitions ORDER BY id",
            "SELECT source, target, status, executor, lease_millis, note FROM backfill_progress"
                + " ORDER BY id")) {
      assertThat(first.query(rows)).isEqualTo(second.query(rows)).isNotEmpty();
    }
  }

  /** Two stores over the same tables, each for every second call. */
  private static final class Turns {

    private final List<BackfillStore> stores;
    private int calls;

    Turns(BackfillStore one, BackfillStore other) {
      stores = List.of(one, other);
    }

    BackfillStore next() {
      return stores.get(calls++ % stores.size());
    }
  }
}
