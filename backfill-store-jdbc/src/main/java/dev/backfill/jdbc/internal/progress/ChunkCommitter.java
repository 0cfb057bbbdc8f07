package dev.backfill.jdbc.internal.progress;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.sql.SqlFailures;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits chunks. The update that moves the cursor comes first: it checks the fence, and its row
 * lock makes a repeated attempt wait until an earlier one, whose connection died, is decided.
 */
final class ChunkCommitter {

  private static final Logger LOG = LoggerFactory.getLogger(ChunkCommitter.class);

  private static final String ADVANCE =
      "UPDATE {backfill_progress} SET resume_cursor = ?, processed_items = processed_items + ?,"
          + " quarantined_items = quarantined_items + ?, total_items = ?, total_kind = ?,"
          + " chunk_size = ?, next_chunk_number = next_chunk_number + 1, consecutive_failures = 0,"
          + " last_error = NULL, lease_expires_at = {now+millis}, updated_at = {now}"
          + " WHERE id = ? AND fence = ? AND lease_owner = ? AND next_chunk_number = ?";

  private static final String STATUS = "SELECT status FROM {backfill_progress} WHERE id = ?";

  private final Tables tables;
  private final BackfillTable backfills;
  private final ChunkTable chunks;

  ChunkCommitter(Tables tables, BackfillTable backfills, ChunkTable chunks) {
    this.tables = tables;
    this.backfills = backfills;
    this.chunks = chunks;
  }

  static String action(Lease lease, ChunkCommit<?> commit) {
    return "the commit of chunk " + commit.number() + " of backfill " + lease.backfill().value();
  }

  <T> CommitResult commit(Connection connection, Lease lease, ChunkCommit<T> commit, Sink<T> sink)
      throws SQLException {
    if (!advance(connection, lease, commit)) {
      return settle(connection, lease, commit);
    }
    Chunk<T> chunk = commit.chunk();
    SinkCounts counts =
        chunk.items().isEmpty()
            ? SinkCounts.NONE
            : write(connection, sink, chunk.items(), action(lease, commit));
    chunks.quarantine(connection, lease.backfill(), chunk.rejected());
    chunks.insert(connection, lease, commit, counts);
    String status =
        Statements.list(
                connection, tables.sql(STATUS), row -> row.getString(1), lease.backfill().value())
            .get(0);
    return new CommitResult(counts, BackfillTable.status(status));
  }

  private boolean advance(Connection connection, Lease lease, ChunkCommit<?> commit)
      throws SQLException {
    Chunk<?> chunk = commit.chunk();
    Total total = commit.total();
    return Statements.update(
            connection,
            tables.sql(ADVANCE),
            chunk.next().isStart() ? null : chunk.next().value(),
            (long) chunk.size(),
            (long) chunk.rejected().size(),
            total.isKnown() ? total.count() : null,
            BackfillTable.stored(total.kind()),
            commit.measures().requestedSize(),
            lease.timeToLive().toMillis(),
            lease.backfill().value(),
            lease.fence(),
            lease.owner(),
            commit.number())
        == 1;
  }

  /** Finds out why the cursor did not move. */
  private CommitResult settle(Connection connection, Lease lease, ChunkCommit<?> commit)
      throws SQLException {
    List<CommittedChunk> stored = chunks.list(connection, lease.backfill(), commit.number(), 1);
    Backfill backfill = backfills.get(connection, lease.backfill());
    if (!stored.isEmpty() && stored.get(0).attemptId().equals(commit.attemptId())) {
      LOG.info("Found that {} had been stored before its answer was lost", action(lease, commit));
      CommittedChunk.Counts counts = stored.get(0).counts();
      return new CommitResult(
          new SinkCounts(counts.inserted(), counts.updated()), backfill.state().status());
    }
    requireFence(connection, lease);
    throw new IllegalStateException(
        "chunk "
            + commit.number()
            + " of backfill "
            + lease.backfill().value()
            + " is not the next one; that is "
            + backfill.position().nextChunkNumber());
  }

  /** Fails unless this is still the newest fence and the lease was not given back. */
  void requireFence(Connection connection, Lease lease) throws SQLException {
    boolean held =
        !Statements.list(
                connection,
                tables.sql(
                    "SELECT 1 FROM {backfill_progress}"
                        + " WHERE id = ? AND fence = ? AND lease_owner = ?"),
                row -> true,
                lease.backfill().value(),
                lease.fence(),
                lease.owner())
            .isEmpty();
    if (!held) {
      throw lost(lease);
    }
  }

  static LeaseLostException lost(Lease lease) {
    return new LeaseLostException(
        "Worker "
            + lease.owner()
            + " no longer holds backfill "
            + lease.backfill().value()
            + ": its lease with fence "
            + lease.fence()
            + " was taken over or given back. Nothing was written; whoever holds it goes on.");
  }

  private static <T> SinkCounts write(
      Connection connection, Sink<T> sink, List<T> items, String action) throws SQLException {
    try {
      return sink.write(items, new ConnectionTransaction(connection));
    } catch (SQLException e) {
      throw SqlFailures.translateWrite(action, e);
    } catch (RuntimeException e) {
      if (e.getCause() instanceof SQLException cause && !(e instanceof BackfillException)) {
        throw SqlFailures.translateWrite(action, cause);
      }
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransientFailureException(
          "The sink was interrupted in " + action + ". Nothing of it was stored.", e);
    } catch (Exception e) {
      throw new PermanentFailureException(
          Reason.STORE_REFUSED,
          "The sink failed in " + action + ": " + e + ". Nothing of it was stored.",
          e);
    }
  }
}
