package dev.backfill.supabase.internal.progress;

import static dev.backfill.supabase.internal.progress.StoredValues.stored;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.supabase.internal.history.RestSink;
import dev.backfill.supabase.internal.http.CallKind;
import dev.backfill.supabase.internal.http.JsonValue;
import dev.backfill.supabase.internal.http.JsonWriter;
import dev.backfill.supabase.internal.http.Refusals;
import dev.backfill.supabase.internal.http.RequestWriter;
import dev.backfill.supabase.internal.http.RpcClient;
import dev.backfill.supabase.internal.http.TooLargeException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commit of chunks, each with its items in one call, and its trial. */
final class ChunkCalls {

  private static final Logger LOG = LoggerFactory.getLogger(ChunkCalls.class);

  private static final RequestWriter NO_ITEMS = json -> {};

  private final ProgressCalls calls;
  private final RpcClient client;

  ChunkCalls(ProgressCalls calls, RpcClient client) {
    this.calls = calls;
    this.client = client;
  }

  <T> CommitResult commit(Lease lease, ChunkCommit<T> commit, Sink<T> sink) {
    List<T> items = commit.chunk().items();
    String action =
        "the commit of chunk " + commit.number() + " of backfill " + lease.backfill().value();
    RequestWriter rows = items.isEmpty() ? NO_ITEMS : RestSink.of(sink).writing(items);
    Refusals refusals =
        (code, detail) ->
            code.equals("OUT_OF_SEQUENCE")
                ? StoredValues.backfill(detail).outOfSequence(commit)
                : noFunction(code, detail);
    JsonValue answer;
    try {
      answer =
          calls.held(
              lease,
              action,
              "backfill_commit",
              items.isEmpty() ? CallKind.WRITE : CallKind.ITEMS,
              json -> {
                json.object("chunk", chunk -> write(chunk, commit));
                write(json, commit.storedKeys(), commit.rejectedOnce());
                rows.write(json);
              },
              refusals);
    } catch (TooLargeException e) {
      throw refused(e);
    }
    if (!answer.get("already").isNull()) {
      LOG.info("Found that {} had been stored before its answer was lost", action);
    }
    return new CommitResult(
        new SinkCounts(answer.get("inserted").integer(), answer.get("updated").integer()),
        StoredValues.status(answer.get("status")),
        StoredValues.counters(answer));
  }

  <T> void tryWrite(List<T> items, Sink<T> sink) {
    RequestWriter rows = RestSink.of(sink).writing(items);
    try {
      client.call(
          "the write of " + items.size() + " item(s)",
          "backfill_try_write",
          CallKind.ITEMS,
          rows,
          ChunkCalls::noFunction);
    } catch (TooLargeException e) {
      throw refused(e);
    }
  }

  private static void write(JsonWriter json, ChunkCommit<?> commit) throws IOException {
    Chunk<?> chunk = commit.chunk();
    Decision.Proceed decision = commit.decision();
    Total total = commit.total();
    json.field("number", commit.number())
        .field("attempt", commit.attemptId().toString())
        .field("before", commit.before().value())
        .field("after", chunk.next().value())
        .field("phase", stored(chunk.phase()))
        .field("items", chunk.items().size())
        .field("rejected", chunk.rejected().size())
        .field("size", decision.chunkSize())
        .field("reason", decision.reason())
        .field("basis", decision.basis())
        .field("spent", chunk.quotaSpent())
        .field("remaining", commit.quotaRemaining())
        .field("active", commit.active().toMillis())
        .field("startedAt", commit.startedAt())
        .field("totalKind", StoredValues.kind(total));
    if (total.isKnown()) {
      json.field("total", total.count());
    }
  }

  private static void write(JsonWriter json, Set<String> storedKeys, List<RejectedItem> rejected)
      throws IOException {
    if (!storedKeys.isEmpty()) {
      json.field("storedKeys", storedKeys);
    }
    if (!rejected.isEmpty()) {
      json.array(
          "rejected",
          items -> {
            for (RejectedItem item : rejected) {
              items.array(
                  values -> values.value(item.key()).value(item.error()).value(item.payload()));
            }
          });
    }
  }

  private static @Nullable RuntimeException noFunction(String code, JsonValue detail) {
    return code.equals("NO_FUNCTION")
        ? new PermanentFailureException(
            Reason.STORE_REFUSED,
            "The project has no function "
                + detail.get("function").textOrNull()
                + " with one argument of the type jsonb, which the sink names. Nothing was stored."
                + " Create it in the store's schema, or name its schema, and grant EXECUTE to"
                + " service_role.",
            null)
        : null;
  }

  private static PermanentFailureException refused(TooLargeException e) {
    return new PermanentFailureException(
        Reason.STORE_REFUSED,
        e.getMessage() + " Use smaller chunks (BACKFILL_CHUNK_SIZE), or the store over JDBC.",
        e);
  }
}
