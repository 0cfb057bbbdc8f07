package dev.backfill.jdbc.internal.progress;

import static dev.backfill.jdbc.internal.progress.BackfillTable.name;

import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.api.store.Transition;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import dev.backfill.jdbc.internal.sql.Transactions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Reads of the progress, which lock no row. */
final class ProgressQueries {

  private static final String OTHERS =
      "SELECT id, next_chunk_number FROM {backfill_progress}"
          + " WHERE source = (SELECT source FROM {backfill_progress} WHERE id = ?) AND id <> ?"
          + " AND next_chunk_number > 1 ORDER BY ";

  private static final String LATEST = "updated_at DESC, id DESC LIMIT 1";

  /** An order by the smallest ratio instead of the nearest logarithm, which SQLite may lack. */
  private static final String NEAREST =
      "CASE WHEN total_items IS NULL OR total_items < 1 THEN 1 ELSE 0 END,"
          + " CASE WHEN total_items IS NULL OR total_items < 1 THEN 0"
          + " WHEN total_items >= ? THEN 1.0 * total_items / ?"
          + " ELSE 1.0 * ? / total_items END, "
          + LATEST;

  private final Transactions calls;
  private final Tables tables;
  private final BackfillTable backfills;
  private final ChunkTable chunks;
  private final QuarantineTable quarantine;
  private final TransitionTable transitions;

  ProgressQueries(Transactions calls, Dialect dialect, Tables tables) {
    this.calls = calls;
    this.tables = tables;
    this.backfills = new BackfillTable(dialect, tables);
    this.chunks = new ChunkTable(tables);
    this.quarantine = new QuarantineTable(dialect, tables);
    this.transitions = new TransitionTable(tables);
  }

  /** Returns the time by the database's clock. */
  Optional<Instant> currentTime() {
    return calls.read(
        "the reading of the database's clock",
        connection ->
            Statements.list(
                    connection,
                    tables.sql("SELECT {now} AS now_at"),
                    row -> Objects.requireNonNull(Statements.instant(row, "now_at")))
                .stream()
                .findFirst());
  }

  public Optional<Backfill> find(BackfillKey key) {
    return calls.read("the search for " + key, c -> backfills.find(c, key));
  }

  public Backfill get(BackfillId id) {
    return calls.read("the reading of " + name(id), c -> backfills.get(c, id));
  }

  public List<Backfill> list() {
    return calls.read("the list of backfills", backfills::list);
  }

  public List<CommittedChunk> chunks(BackfillId id, long fromNumber, int limit) {
    return calls.read(
        "the reading of chunks of " + name(id), c -> chunks.list(c, id, fromNumber, limit));
  }

  public List<CommittedChunk> similarChunks(BackfillId id, Total total, int limit) {
    return calls.read(
        "the search for a backfill like " + name(id),
        connection -> {
          Optional<Similar> found = mostSimilar(connection, id, total);
          if (found.isEmpty()) {
            return List.<CommittedChunk>of();
          }
          long from = Math.max(1, found.get().nextChunkNumber() - limit);
          return chunks.list(connection, found.get().id(), from, limit);
        });
  }

  /**
   * Returns the other backfill of the same source with the nearest total, or else the latest one.
   */
  private Optional<Similar> mostSimilar(Connection connection, BackfillId id, Total total)
      throws SQLException {
    long count = total.count();
    List<Similar> found =
        count > 0
            ? Statements.list(
                connection,
                tables.sql(OTHERS + NEAREST),
                ProgressQueries::similar,
                id.value(),
                id.value(),
                count,
                count,
                count)
            : Statements.list(
                connection,
                tables.sql(OTHERS + LATEST),
                ProgressQueries::similar,
                id.value(),
                id.value());
    return found.stream().findFirst();
  }

  private record Similar(BackfillId id, long nextChunkNumber) {}

  private static Similar similar(ResultSet row) throws SQLException {
    return new Similar(new BackfillId(row.getLong("id")), row.getLong("next_chunk_number"));
  }

  public List<QuarantinedItem> quarantined(BackfillId id, int limit) {
    return calls.read(
        "the reading of the quarantine of " + name(id), c -> quarantine.list(c, id, limit));
  }

  public List<QuarantinedItem> quarantinedAfter(BackfillId id, String afterKey, int limit) {
    return calls.read(
        "the reading of the quarantine of " + name(id),
        c -> quarantine.listAfter(c, id, afterKey, limit));
  }

  public List<Transition> transitions(BackfillId id, long afterSequence, int limit) {
    return calls.read(
        "the reading of the transitions of " + name(id),
        c -> transitions.list(c, id, afterSequence, limit));
  }

  public List<Transition> latestTransitions(BackfillId id, int limit) {
    return calls.read(
        "the reading of the transitions of " + name(id), c -> transitions.latest(c, id, limit));
  }
}
