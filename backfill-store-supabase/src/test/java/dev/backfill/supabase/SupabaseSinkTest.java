package dev.backfill.supabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sinks of the host's own: functions of the project, and what is refused. */
class SupabaseSinkTest {

  private static final BackfillKey KEY = new BackfillKey("test:notes", "owner/name");
  private static final Instant T0 = Instant.parse("2026-12-01T10:00:00.5Z");

  private RestProject project;
  private ProgressStore store;
  private Lease lease;

  @BeforeEach
  void start() throws SQLException {
    project = RestProject.start();
    store = project.rest().progress();
    lease = claim(store);
    project.execute(
        "CREATE TABLE notes (id bigint PRIMARY KEY, note text NOT NULL CHECK (note <> 'bad'),"
            + " at timestamptz, tags jsonb);"
            + " CREATE FUNCTION write_notes(items jsonb) RETURNS jsonb LANGUAGE sql AS $$"
            + " WITH written AS (INSERT INTO notes SELECT r.* FROM"
            + " jsonb_to_recordset(items) AS r (id bigint, note text, at timestamptz, tags jsonb)"
            + " ON CONFLICT (id) DO UPDATE SET note = excluded.note RETURNING xmax = 0 AS new)"
            + " SELECT jsonb_build_object('inserted', count(*) FILTER (WHERE new),"
            + " 'updated', count(*) FILTER (WHERE NOT new)) FROM written $$");
  }

  @AfterEach
  void close() {
    project.close();
  }

  private static Sink<Long> notes(String note) {
    return SupabaseSink.rpc(
        "write_notes",
        id -> {
          Map<String, Object> fields = new HashMap<>();
          fields.put("id", id);
          fields.put("note", note);
          fields.put("at", T0);
          fields.put("tags", Arrays.asList("a\u0000", 1, true, null, Map.of("b", 2)));
          return fields;
        });
  }

  @Test
  void aFunctionWritesTheItemsInTheChunksTransaction() throws SQLException {
    assertThat(store.commit(lease, commit(1, 7L, Long.MAX_VALUE), notes("one")).counts())
        .isEqualTo(new SinkCounts(2, 0));
    assertThat(store.commit(lease, commit(2, 7L), notes("two")).counts())
        .isEqualTo(new SinkCounts(0, 1));

    assertThat(project.query("SELECT id, note, at = '2026-12-01T10:00:00.5Z', tags FROM notes"))
        .containsExactlyInAnyOrder(
            "7, two, t, [\"a\", 1, true, null, {\"b\": 2}]",
            Long.MAX_VALUE + ", one, t, [\"a\", 1, true, null, {\"b\": 2}]");
  }

  /** The page's example, which keeps the newest copy of an item that a list holds twice. */
  @Test
  void theFunctionOfThePageWorks() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "own-tables.md"));
    int begin = page.indexOf("CREATE FUNCTION write_notes");
    project.execute(
        "DROP FUNCTION write_notes; DROP TABLE notes;"
            + " CREATE TABLE notes (id bigint PRIMARY KEY, text text, updated_at timestamptz);"
            + page.substring(begin, page.indexOf("```", begin)));
    Sink<Long> sink =
        SupabaseSink.rpc(
            "write_notes",
            item -> Map.of("id", item / 10, "text", item + "", "updated_at", T0.plusSeconds(item)));

    assertThat(store.commit(lease, commit(1, 12L, 15L, 11L, 20L), sink).counts())
        .isEqualTo(new SinkCounts(2, 0));
    assertThat(store.commit(lease, commit(2, 13L, 16L), sink).counts())
        .isEqualTo(new SinkCounts(0, 1));
    assertThat(store.commit(lease, commit(3, 14L), sink).counts()).isEqualTo(SinkCounts.NONE);

    assertThat(project.query("SELECT text FROM notes ORDER BY id")).containsExactly("16", "20");
  }

  @Test
  void dataThatTheFunctionRefusesIsAnItemsFault() throws SQLException {
    assertThatThrownBy(() -> store.commit(lease, commit(1, 7L), notes("bad")))
        .isInstanceOf(PoisonItemException.class)
        .hasMessageContaining("refused an item's data in the commit of chunk 1")
        .hasMessageContaining("23514");
    assertThatThrownBy(() -> store.tryWrite(lease, List.of(7L), notes("bad")))
        .isInstanceOf(PoisonItemException.class);

    assertThat(project.query("SELECT 1 FROM notes")).isEmpty();
    assertThat(store.get(lease.backfill()).nextChunkNumber()).isEqualTo(1);
  }

  @Test
  void aFunctionThatIsMissingIsNamed() {
    Sink<Long> sink = SupabaseSink.rpc("absent", id -> Map.of("id", id));

    assertThatThrownBy(() -> store.commit(lease, commit(1, 7L), sink))
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("no function absent")
        .hasMessageContaining("grant EXECUTE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Notes", "a.b.c", "write_notes(jsonb)", "a; DROP TABLE notes", "\"a\""})
  void aNameThatIsNoneIsRefused(String name) {
    assertThatThrownBy(() -> SupabaseSink.rpc(name, id -> Map.of()))
        .isInstanceOf(InvalidConfigurationException.class);
    assertThatThrownBy(() -> SupabaseSink.rpc("write_notes", id -> Map.of(), name))
        .isInstanceOf(InvalidConfigurationException.class);
  }

  @Test
  void aSinkThatWritesByItselfIsRefusedBeforeACall() {
    Sink<Long> own = (items, transaction) -> SinkCounts.NONE;
    int before = project.api().log().size();

    assertThatThrownBy(() -> store.commit(lease, commit(1, 7L), own))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("SupabaseSink.rpc")
        .hasMessageContaining("JDBC");
    assertThatThrownBy(() -> store.countKnown(lease.backfill(), own, "5"))
        .isInstanceOf(InvalidConfigurationException.class);
    assertThat(project.api().log()).hasSize(before);
  }

  @Test
  void aStoreOverJdbcRefusesTheSinks() {
    ProgressStore jdbc = project.jdbc().progress();

    assertThatThrownBy(() -> jdbc.commit(lease, commit(1, 7L), notes("one")))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("Use both with one SupabaseStore");
  }

  private static ChunkCommit<Long> commit(long number, Long... items) {
    return new ChunkCommit<>(
        number,
        UUID.randomUUID(),
        number == 1 ? Cursor.START : new Cursor("after " + (number - 1)),
        new Chunk<>(List.of(items), List.of(), new Cursor("after " + number), false, 1),
        new Decision.Proceed(25, 0, "the rule"),
        null,
        Duration.ofMillis(5),
        T0,
        Total.exact(500));
  }

  private static Lease claim(ProgressStore store) {
    LeaseRequest request = new LeaseRequest("worker", "test", Duration.ofMinutes(5));
    return store.claim(store.register(KEY, "manual").id(), request).lease();
  }
}
