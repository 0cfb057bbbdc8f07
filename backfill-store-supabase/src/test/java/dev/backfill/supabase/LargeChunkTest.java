package dev.backfill.supabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.Account;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.Repository;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.testkit.postgrest.CallFault;
import dev.backfill.testkit.postgrest.SimulatedSupabase;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Chunks that are larger than a request may be. */
class LargeChunkTest {

  private static final BackfillKey KEY = new BackfillKey("github:issue-comments", "owner/name");
  private static final Instant T0 = Instant.parse("2026-12-01T10:00:00Z");

  private static final Repository REPOSITORY =
      new Repository(8, "owner/name", false, "https://example.test", T0, T0);

  private RestProject project;
  private ProgressStore store;
  private Sink<IssueComment> sink;
  private Lease lease;

  @BeforeEach
  void start() throws SQLException {
    project = RestProject.start();
    store = project.rest().progress();
    sink = project.rest().sink(IssueComment.class).orElseThrow();
    lease = claim(store);
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void isStoredWholeInSeveralRequests() throws SQLException {
    ChunkCommit<IssueComment> commit = commit(comments(80, 60_000), rejected(30));

    CommitResult result = store.commit(lease, commit, sink);

    assertThat(result.counts()).isEqualTo(new SinkCounts(80, 0));
    assertThat(result.counters()).isEqualTo(new Backfill.Counters(Total.exact(500), 110, 30));
    assertThat(project.api().log())
        .filteredOn(call -> call.function().equals("backfill_upload"))
        .hasSizeBetween(4, 6);
    assertStored(80, 30);
    assertThat(store.commit(lease, commit, sink)).as("the attempt again").isEqualTo(result);
    assertThat(store.get(lease.backfill()).nextChunkNumber()).isEqualTo(2);
  }

  @Test
  void isDividedFurtherWhereTheProjectAcceptsLess() throws SQLException {
    try (SimulatedSupabase strict =
            SimulatedSupabase.over(project.database().api()).maxBody(300_000).start();
        SupabaseStore small = SupabaseStore.open(strict.url().toString(), strict.keys().secret())) {
      CommitResult result =
          small
              .progress()
              .commit(
                  lease,
                  commit(comments(40, 20_000), List.of()),
                  small.sink(IssueComment.class).orElseThrow());

      assertThat(result.counts()).isEqualTo(new SinkCounts(40, 0));
    }
    assertStored(40, 0);
  }

  /** A worker that dies between the parts leaves nothing but parts, which another commit drops. */
  @Test
  void nothingCountsBeforeTheCommit() throws SQLException {
    ChunkCommit<IssueComment> commit = commit(comments(80, 60_000), rejected(30));
    int before = project.api().log().size();
    project.api().faults(call -> call >= before + 3 ? CallFault.CUT_BEFORE : null);

    assertThatThrownBy(() -> store.commit(lease, commit, sink))
        .isInstanceOf(TransientFailureException.class);

    assertThat(project.query("SELECT count(*) > 0 FROM backfill_uploads")).containsExactly("t");
    assertThat(project.query("SELECT 1 FROM issue_comments")).isEmpty();
    assertThat(store(project).nextChunkNumber()).isEqualTo(1);
    project.api().faults(call -> null);
    assertThat(store.commit(lease, commit, sink).counts()).isEqualTo(new SinkCounts(80, 0));
    assertStored(80, 30);
  }

  @Test
  void aTrialIsRolledBackAndLeavesNoParts() throws SQLException {
    store.tryWrite(lease, comments(80, 60_000), sink);

    assertThat(project.query("SELECT 1 FROM issue_comments")).isEmpty();
    assertThat(project.query("SELECT 1 FROM backfill_uploads")).isEmpty();
  }

  @Test
  void anItemThatIsLargerThanARequestIsPoison() throws SQLException {
    List<IssueComment> items = comments(2, 3_000_000);

    assertThatThrownBy(() -> store.commit(lease, commit(items, List.of()), sink))
        .isInstanceOf(PoisonItemException.class)
        .hasMessageContaining("JDBC");
    assertThat(project.query("SELECT 1 FROM issue_comments")).isEmpty();
  }

  @Test
  void aFunctionOfTheHostReceivesItsItemsInParts() throws SQLException {
    project.execute(
        "CREATE TABLE notes (id int PRIMARY KEY, note text NOT NULL);"
            + " CREATE FUNCTION write_notes(items jsonb) RETURNS jsonb LANGUAGE sql AS $$"
            + " INSERT INTO notes SELECT (e ->> 'id')::int, e ->> 'note'"
            + " FROM jsonb_array_elements(items) e;"
            + " SELECT jsonb_build_object('inserted', jsonb_array_length(items)) $$");
    List<Integer> items = IntStream.range(0, 80).boxed().toList();
    Sink<Integer> notes =
        SupabaseSink.rpc("write_notes", id -> Map.of("id", id, "note", "x".repeat(60_000)));

    assertThat(store.commit(lease, commit(items, List.of()), notes).counts())
        .isEqualTo(new SinkCounts(80, 0));
    assertThat(project.query("SELECT count(*), sum(length(note)) FROM notes"))
        .containsExactly("80, 4800000");
  }

  private static Backfill store(RestProject project) {
    return project.jdbc().progress().find(KEY).orElseThrow();
  }

  private void assertStored(int items, int quarantined) throws SQLException {
    assertThat(project.query("SELECT count(*) FROM issue_comments"))
        .containsExactly(String.valueOf(items));
    assertThat(project.query("SELECT count(*) FROM backfill_quarantine"))
        .containsExactly(String.valueOf(quarantined));
    assertThat(project.query("SELECT 1 FROM backfill_uploads")).isEmpty();
  }

  static Lease claim(ProgressStore store) {
    LeaseRequest request = new LeaseRequest("worker", "test", Duration.ofMinutes(5));
    return store.claim(store.register(KEY, "manual").id(), request).lease();
  }

  static List<IssueComment> comments(int count, int length) {
    Account author = new Account(7, "ann", "User");
    return IntStream.range(0, count)
        .mapToObj(
            id -> new IssueComment(REPOSITORY, id, 1, true, author, "x".repeat(length), T0, T0))
        .toList();
  }

  static List<RejectedItem> rejected(int count) {
    return IntStream.range(0, count)
        .mapToObj(id -> new RejectedItem("key " + id, "too long", "y".repeat(100_000)))
        .toList();
  }

  static <T> ChunkCommit<T> commit(List<T> items, List<RejectedItem> rejected) {
    return new ChunkCommit<>(
        1,
        UUID.randomUUID(),
        Cursor.START,
        new Chunk<>(items, rejected, new Cursor("after 1"), false, 1),
        new Decision.Proceed(100, 0, "the rule"),
        null,
        Duration.ofMillis(5),
        T0,
        Total.exact(500));
  }
}
