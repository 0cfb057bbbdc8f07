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
import dev.backfill.supabase.internal.history.Parts;
import dev.backfill.supabase.internal.history.RestSink;
import dev.backfill.supabase.internal.http.CallKind;
import dev.backfill.supabase.internal.http.JsonValue;
import dev.backfill.supabase.internal.http.JsonWriter;
import dev.backfill.supabase.internal.http.RequestWriter;
import dev.backfill.supabase.internal.http.RpcClient;
import dev.backfill.supabase.internal.http.TooLargeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commit of chunks, each with its items in one call, and its trial. The content of a chunk that
 * is too large for a call is uploaded before it, in parts.
 */
final class ChunkCalls {

  private static final Logger LOG = LoggerFactory.getLogger(ChunkCalls.class);

  private final ProgressCalls calls;
  private final RpcClient client;
  private final Uploads uploads;

  ChunkCalls(ProgressCalls calls, RpcClient client) {
    this.calls = calls;
    this.client = client;
    this.uploads = new Uploads(client);
  }

  <T> CommitResult commit(Lease lease, ChunkCommit<T> commit, Sink<T> sink) {
    String action =
        "the commit of chunk " + commit.number() + " of backfill " + lease.backfill().value();
    List<T> items = commit.chunk().items();
    RestSink<T> known = items.isEmpty() ? null : RestSink.of(sink);
    JsonValue answer;
    try {
      answer =
          send(
              action,
              lease,
              commit,
              json -> {
                writeRejected(json, commit.rejectedOnce());
                if (known != null) {
                  known.writing(items).write(json);
                }
              });
    } catch (TooLargeException e) {
      RequestWriter uploaded =
          uploads.send(action, commit.attemptId(), parts(known, items, commit.rejectedOnce()));
      answer = send(action, lease, commit, uploaded);
    }
    if (!answer.get("already").isNull()) {
      LOG.info("Found that {} had been stored before its answer was lost", action);
    }
    return new CommitResult(
        new SinkCounts(answer.get("inserted").integer(), answer.get("updated").integer()),
        StoredValues.status(answer.get("status")),
        StoredValues.counters(answer));
  }

  private JsonValue send(String action, Lease lease, ChunkCommit<?> commit, RequestWriter content) {
    return calls.held(
        lease,
        action,
        "backfill_commit",
        CallKind.ITEMS,
        json -> {
          json.object("chunk", chunk -> write(chunk, commit));
          if (!commit.storedKeys().isEmpty()) {
            json.field("storedKeys", commit.storedKeys());
          }
          content.write(json);
        },
        (code, detail) ->
            code.equals("OUT_OF_SEQUENCE")
                ? StoredValues.backfill(detail).outOfSequence(commit)
                : noFunction(code, detail));
  }

  <T> void tryWrite(List<T> items, Sink<T> sink) {
    String action = "the write of " + items.size() + " item(s)";
    RestSink<T> known = RestSink.of(sink);
    try {
      tryWrite(action, known.writing(items));
    } catch (TooLargeException e) {
      tryWrite(action, uploads.send(action, UUID.randomUUID(), parts(known, items, List.of())));
    }
  }

  private void tryWrite(String action, RequestWriter content) {
    client.call(action, "backfill_try_write", CallKind.ITEMS, content, ChunkCalls::noFunction);
  }

  /** Returns the content of a commit in parts of a max size. */
  private static <T> Uploads.Content parts(
      @Nullable RestSink<T> sink, List<T> items, List<RejectedItem> rejected) {
    return maxBytes -> {
      List<RequestWriter> all = new ArrayList<>();
      if (sink != null) {
        all.addAll(sink.parts(items, maxBytes));
      }
      Parts<RejectedItem> parts = new Parts<>(maxBytes);
      for (RejectedItem item : rejected) {
        parts.add(item, JsonWriter.bytes(List.of(item.key(), item.error(), item.payload())));
      }
      parts.list().forEach(part -> all.add(json -> writeRejected(json, part)));
      return all;
    };
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

  private static void writeRejected(JsonWriter json, List<RejectedItem> rejected)
      throws IOException {
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
}
