package dev.backfill.jdbc.internal.progress;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.internal.history.ItemRows;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.dialect.DescribableSink;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.dialect.Pipelining;
import dev.backfill.jdbc.internal.progress.BackfillTable.Locked;
import dev.backfill.jdbc.internal.sql.SqlFailures;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.StoredText;
import dev.backfill.jdbc.internal.sql.Tables;
import dev.backfill.jdbc.internal.sql.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commit of chunks, step by step. The lock of the backfill's row comes first. Under it the
 * store checks the fence, and no counter or status changes. A repeated attempt also waits at the
 * lock until an earlier attempt, whose connection broke, is decided.
 */
final class ChunkCommitter {

  private static final Logger LOG = LoggerFactory.getLogger(ChunkCommitter.class);

  private static final String ADVANCE = "UPDATE {backfill_progress} SET resume_cursor = ?" + rest();

  private static final String ADVANCE_VERIFICATION =
      "UPDATE {backfill_progress} SET verify_cursor = ?" + rest();

  private final Transactions calls;
  private final Tables tables;
  private final Dialect dialect;
  private final BackfillTable backfills;
  private final ChunkTable chunks;
  private final QuarantineTable quarantine;
  private final @Nullable PipelinedCommit pipelined;
  private final WrittenRowCache written;

  /**
   * Creates it.
   *
   * @param pipelining sends statements together, if the driver can
   * @param written the rows beside the items that are known to be stored
   */
  ChunkCommitter(
      Transactions calls,
      Dialect dialect,
      Optional<Pipelining> pipelining,
      Tables tables,
      WrittenRowCache written) {
    this.calls = calls;
    this.tables = tables;
    this.dialect = dialect;
    this.backfills = new BackfillTable(dialect, tables);
    this.chunks = new ChunkTable(tables);
    this.quarantine = new QuarantineTable(dialect, tables);
    this.pipelined = pipelining.map(each -> new PipelinedCommit(each, tables)).orElse(null);
    this.written = written;
  }

  private static String action(Lease lease, ChunkCommit<?> commit) {
    return "the commit of chunk " + commit.number() + " of backfill " + lease.backfill().value();
  }

  /**
   * The outcome of a commit whose transaction succeeds.
   *
   * @param result the result
   * @param rows the written rows, if they are known
   */
  private record Outcome(CommitResult result, @Nullable ItemRows rows) {}

  <T> CommitResult commit(Lease lease, ChunkCommit<T> commit, Sink<T> sink) {
    Outcome outcome = calls.run(action(lease, commit), c -> commit(c, lease, commit, sink));
    if (outcome.rows() != null) {
      written.committed(lease, outcome.rows());
    }
    return outcome.result();
  }

  /** Writes items and rolls them back. */
  <T> void tryWrite(Lease lease, List<T> items, Sink<T> sink) {
    String action = "the write of " + items.size() + " item(s)";
    calls.tryWrite(
        action,
        connection -> {
          backfills.limitIdling(connection, lease.timeToLive());
          return write(connection, sink, items, action);
        });
  }

  /**
   * Commits a chunk in one round trip if possible. If that fails, except for a transient failure,
   * it repeats the steps one by one to find the reason.
   */
  private <T> Outcome commit(
      Connection connection, Lease lease, ChunkCommit<T> commit, Sink<T> sink) throws SQLException {
    ItemRows rows = unwritten(lease, commit.chunk().items(), sink);
    boolean alone = rows == null || !dependsOnStored(sink, rows);
    if (pipelined != null && rows != null && alone && PipelinedCommit.suits(commit)) {
      try {
        return new Outcome(pipelined.commit(connection, lease, commit, rows), rows);
      } catch (SQLException e) {
        if (SqlFailures.isWorthRepeating(e)) {
          throw e;
        }
        LOG.debug("{} was refused; looking for the reason", action(lease, commit), e);
        calls.again(connection);
      }
    }
    return stepByStep(connection, lease, commit, sink, rows);
  }

  private <T> @Nullable ItemRows unwritten(Lease lease, List<T> items, Sink<T> sink) {
    return sink instanceof DescribableSink<T> known && known.tables() == tables && !items.isEmpty()
        ? written.unwritten(lease, known.rows(items))
        : null;
  }

  private <T> Outcome stepByStep(
      Connection connection,
      Lease lease,
      ChunkCommit<T> commit,
      Sink<T> sink,
      @Nullable ItemRows rows)
      throws SQLException {
    Locked locked = backfills.lock(connection, lease.backfill(), lease.timeToLive());
    Backfill before = locked.backfill();
    if (!locked.isHeldBy(lease)
        || !before.isFollowedBy(commit) && !followsAsStored(commit, before)) {
      return new Outcome(settle(connection, lease, commit, locked), null);
    }
    Chunk<T> chunk = commit.chunk();
    ItemRows settled = rows == null ? null : settled(connection, sink, rows);
    Sink<T> writer =
        settled == null ? sink : (items, transaction) -> dialect.write(connection, tables, settled);
    SinkCounts counts =
        chunk.items().isEmpty()
            ? SinkCounts.NONE
            : write(connection, writer, chunk.items(), action(lease, commit));
    int remaining = quarantine.remove(connection, lease.backfill(), commit.storedKeys());
    int entered = quarantine.add(connection, lease.backfill(), commit.rejectedOnce());
    Backfill.Counters after = before.counters().after(commit, counts, entered, remaining);
    chunks.insert(connection, lease, commit, counts);
    advance(connection, lease, commit, after);
    return new Outcome(new CommitResult(counts, before.status(), after), settled);
  }

  private static <T> boolean dependsOnStored(Sink<T> sink, ItemRows rows) {
    return sink instanceof DescribableSink<T> known && known.dependsOnStored(rows);
  }

  private <T> ItemRows settled(Connection connection, Sink<T> sink, ItemRows rows)
      throws SQLException {
    if (!(sink instanceof DescribableSink<T> known) || !known.dependsOnStored(rows)) {
      return rows;
    }
    DescribableSink.Settled settled = known.settle(connection, rows);
    if (settled.corrected()) {
      written.forgetAll();
    }
    return settled.rows();
  }

  /**
   * Returns true if the stored cursor is the escaped form of the chunk's, as of a server whose
   * encoding lacks some of its characters.
   */
  private static boolean followsAsStored(ChunkCommit<?> commit, Backfill stored) {
    return commit.number() == stored.nextChunkNumber()
        && StoredText.of(commit.before().value())
            .equals(stored.cursorIn(commit.chunk().phase()).value());
  }

  private static String rest() {
    return ", phase = ?, processed_items = ?,"
        + " quarantined_items = ?, total_items = ?, total_kind = ?,"
        + " chunk_size = ?, next_chunk_number = next_chunk_number + 1,"
        + BackfillTable.COMMITTED;
  }

  private void advance(
      Connection connection, Lease lease, ChunkCommit<?> commit, Backfill.Counters after)
      throws SQLException {
    Chunk<?> chunk = commit.chunk();
    Total total = after.total();
    Statements.update(
        connection,
        tables.sql(chunk.phase() == Phase.VERIFY ? ADVANCE_VERIFICATION : ADVANCE),
        chunk.next().isStart() ? null : chunk.next().value(),
        BackfillTable.stored(chunk.phase()),
        after.processed(),
        after.quarantined(),
        total.isKnown() ? total.count() : null,
        BackfillTable.kind(total),
        commit.decision().chunkSize(),
        lease.timeToLive().toMillis(),
        lease.backfill().value());
  }

  /** Finds the reason why the chunk is not the next one of this lease. */
  private CommitResult settle(
      Connection connection, Lease lease, ChunkCommit<?> commit, Locked locked)
      throws SQLException {
    List<CommittedChunk> stored = chunks.list(connection, lease.backfill(), commit.number(), 1);
    Backfill backfill = locked.backfill();
    if (!stored.isEmpty() && stored.get(0).attemptId().equals(commit.attemptId())) {
      LOG.info("Found that {} had been stored before its answer was lost", action(lease, commit));
      CommittedChunk earlier = stored.get(0);
      return new CommitResult(
          new SinkCounts(earlier.inserted(), earlier.updated()),
          backfill.status(),
          backfill.counters());
    }
    if (!locked.isHeldBy(lease)) {
      throw BackfillTable.lost(lease);
    }
    throw backfill.outOfSequence(commit);
  }

  static <T> SinkCounts write(Connection connection, Sink<T> sink, List<T> items, String action)
      throws SQLException {
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
