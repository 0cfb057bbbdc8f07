package dev.backfill.supabase.internal.progress;

import static dev.backfill.supabase.internal.progress.ProgressCalls.name;
import static dev.backfill.supabase.internal.progress.StoredValues.stored;

import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Pruned;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.Transition;
import dev.backfill.supabase.internal.history.RestSink;
import dev.backfill.supabase.internal.http.CallKind;
import dev.backfill.supabase.internal.http.JsonValue;
import dev.backfill.supabase.internal.http.JsonWriter;
import dev.backfill.supabase.internal.http.RequestWriter;
import dev.backfill.supabase.internal.http.RpcClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The progress of backfills in the tables of the JDBC store. Each call is one request, and one
 * transaction, whose decisions a function of the database makes under the backfill's lock.
 */
public final class SupabaseProgressStore implements ProgressStore {

  private static final Logger LOG = LoggerFactory.getLogger(SupabaseProgressStore.class);

  private static final RequestWriter NOTHING_MORE = json -> {};

  private final ProgressCalls calls;
  private final ChunkCalls chunks;

  /** Creates it; sends nothing. */
  public SupabaseProgressStore(RpcClient client) {
    this.calls = new ProgressCalls(client);
    this.chunks = new ChunkCalls(calls, client);
  }

  @Override
  public Optional<Instant> currentTime() {
    return Optional.of(
        calls
            .read("the reading of the database's clock", "backfill_current_time", NOTHING_MORE)
            .get("time")
            .instant());
  }

  @Override
  public Optional<Backfill> find(BackfillKey key) {
    return backfill(calls.read("the search for " + key, "backfill_find", json -> write(json, key)));
  }

  @Override
  public Backfill get(BackfillId id) {
    return one(
        calls.about(id, "the reading of " + name(id), "backfill_get", CallKind.READ, NOTHING_MORE));
  }

  @Override
  public List<Backfill> list() {
    return calls
        .read("the list of backfills", "backfill_list", NOTHING_MORE)
        .get("backfills")
        .list(StoredValues::backfill);
  }

  @Override
  public List<CommittedChunk> chunks(BackfillId id, long fromNumber, int limit) {
    return calls
        .read(
            "the reading of chunks of " + name(id),
            "backfill_chunks_from",
            json -> json.field("id", id.value()).field("from", fromNumber).field("limit", limit))
        .get("chunks")
        .list(StoredValues::chunk);
  }

  @Override
  public List<CommittedChunk> similarChunks(BackfillId id, Total total, int limit) {
    return calls
        .read(
            "the search for a backfill like " + name(id),
            "backfill_similar_chunks",
            json ->
                json.field("id", id.value()).field("total", total.count()).field("limit", limit))
        .get("chunks")
        .list(StoredValues::chunk);
  }

  @Override
  public List<QuarantinedItem> quarantined(BackfillId id, int limit) {
    return quarantined(id, null, limit);
  }

  @Override
  public List<QuarantinedItem> quarantinedAfter(BackfillId id, String afterKey, int limit) {
    return quarantined(id, afterKey, limit);
  }

  private List<QuarantinedItem> quarantined(BackfillId id, @Nullable String after, int limit) {
    return calls
        .read(
            "the reading of the quarantine of " + name(id),
            "backfill_quarantined",
            json -> json.field("id", id.value()).field("after", after).field("limit", limit))
        .get("items")
        .list(StoredValues::quarantined);
  }

  @Override
  public List<Transition> transitions(BackfillId id, long afterSequence, int limit) {
    return transitions(id, Long.valueOf(afterSequence), limit);
  }

  @Override
  public List<Transition> latestTransitions(BackfillId id, int limit) {
    return transitions(id, null, limit);
  }

  private List<Transition> transitions(BackfillId id, @Nullable Long after, int limit) {
    return calls
        .read(
            "the reading of the transitions of " + name(id),
            "backfill_transitions_of",
            json -> json.field("id", id.value()).field("after", after).field("limit", limit))
        .get("transitions")
        .list(StoredValues::transition);
  }

  @Override
  public Backfill register(BackfillKey key, String triggerReason) {
    return one(
        calls.write(
            "the registration of " + key,
            "backfill_register",
            json -> {
              write(json, key);
              json.field("trigger", triggerReason);
            }));
  }

  @Override
  public Claim claim(BackfillId id, LeaseRequest request) {
    JsonValue answer =
        calls.about(
            id,
            "the claim of " + name(id),
            "backfill_claim",
            CallKind.WRITE,
            json -> {
              write(json, request);
              json.field("dead", request.deadOwner());
            });
    return answer.get("granted").isNull() ? new Claim(one(answer), null) : granted(answer, request);
  }

  @Override
  public Optional<Claim> claimNext(LeaseRequest request, Set<String> sources) {
    JsonValue answer =
        calls.write(
            "the claim of a due backfill",
            "backfill_claim_next",
            json -> {
              write(json, request);
              json.field("sources", sources);
            });
    return answer.get("granted").isNull()
        ? Optional.empty()
        : Optional.of(granted(answer, request));
  }

  private static Claim granted(JsonValue answer, LeaseRequest request) {
    Backfill backfill = one(answer);
    String before = answer.get("takenFrom").textOrNull();
    if (before != null) {
      LOG.info("Worker {} takes {} over from {}", request.owner(), name(backfill.id()), before);
    }
    long fence = answer.get("granted").number();
    return new Claim(
        backfill, new Lease(backfill.id(), fence, request.owner(), request.timeToLive()));
  }

  @Override
  public BackfillStatus renew(Lease lease) {
    return StoredValues.status(
        calls
            .held(
                lease,
                "the renewal of the lease of " + name(lease.backfill()),
                "backfill_renew",
                NOTHING_MORE)
            .get("status"));
  }

  @Override
  public void recordFailure(Lease lease, String error) {
    calls.held(
        lease,
        "the record of a failure of " + name(lease.backfill()),
        "backfill_record_failure",
        json -> json.field("error", error));
  }

  @Override
  public Backfill.Counters recount(Lease lease, OptionalLong seen) {
    return one(calls.held(
            lease,
            "the recount of " + name(lease.backfill()),
            "backfill_recount",
            json -> {
              if (seen.isPresent()) {
                json.field("seen", seen.getAsLong());
              }
            }))
        .counters();
  }

  @Override
  public Backfill rewind(Lease lease) {
    return one(
        calls.held(
            lease, "the rewinding of " + name(lease.backfill()), "backfill_rewind", NOTHING_MORE));
  }

  @Override
  public Backfill release(Lease lease, LeaseRelease release) {
    JsonValue answer =
        calls.held(
            lease,
            "the release of " + name(lease.backfill()),
            "backfill_release",
            json -> write(json, release));
    Backfill after = one(answer);
    JsonValue logged = answer.get("logged");
    if (!logged.isNull() && !logged.bool()) {
      LOG.warn(
          "The run of {} with fence {} ended as {}, and its start was not logged",
          name(lease.backfill()),
          lease.fence(),
          stored(after.status()));
    }
    return after;
  }

  @Override
  public <T> CommitResult commit(Lease lease, ChunkCommit<T> commit, Sink<T> sink) {
    return chunks.commit(lease, commit, sink);
  }

  @Override
  public <T> void tryWrite(Lease lease, List<T> items, Sink<T> sink) {
    chunks.tryWrite(items, sink);
  }

  @Override
  public OptionalLong countKnown(BackfillId id, Sink<?> sink, String scope) {
    RequestWriter reading = RestSink.of(sink).reading(scope);
    if (reading == null) {
      return OptionalLong.empty();
    }
    Long known =
        calls
            .about(
                id,
                "the count of what is stored of " + name(id),
                "backfill_count_known",
                CallKind.READ,
                reading)
            .get("known")
            .numberOrNull();
    return known == null ? OptionalLong.empty() : OptionalLong.of(known);
  }

  @Override
  public Optional<String> difference(BackfillId id, Sink<?> sink, String scope) {
    RequestWriter reading = RestSink.of(sink).reading(scope);
    return reading == null
        ? Optional.empty()
        : Optional.ofNullable(
            calls
                .about(
                    id,
                    "the comparison of what is stored of " + name(id),
                    "backfill_difference",
                    CallKind.READ,
                    reading)
                .get("difference")
                .textOrNull());
  }

  @Override
  public Optional<List<String>> missing(
      BackfillId id, Sink<?> sink, String scope, List<String> keys) {
    RequestWriter reading = RestSink.of(sink).reading(scope);
    if (keys.isEmpty()) {
      return Optional.of(List.of());
    }
    if (reading == null) {
      return Optional.empty();
    }
    JsonValue missing =
        calls
            .about(
                id,
                "the search for gaps of " + name(id),
                "backfill_missing",
                CallKind.READ,
                json -> {
                  reading.write(json);
                  json.field("keys", keys);
                })
            .get("missing");
    if (missing.isNull()) {
      return Optional.empty();
    }
    // The answer has the keys as the database can store them.
    Set<String> found = Set.copyOf(missing.list(JsonValue::text));
    return Optional.of(keys.stream().filter(key -> found.contains(JsonWriter.clean(key))).toList());
  }

  @Override
  public Backfill control(BackfillId id, Control control, RequestedBy by) {
    return one(
        calls.about(
            id,
            "the request to " + stored(control) + " " + name(id),
            "backfill_control",
            CallKind.WRITE,
            json -> {
              json.field("control", stored(control));
              write(json, by);
            }));
  }

  @Override
  public Optional<Backfill> reload(BackfillId id, RequestedBy by) {
    RequestedBy named = by.forReload();
    return backfill(
        calls.about(
            id,
            "the reload of " + name(id),
            "backfill_reload",
            CallKind.WRITE,
            json -> write(json, named)));
  }

  @Override
  public boolean claimPruning(Duration every) {
    return calls
        .write(
            "the claim of the pruning",
            "backfill_claim_pruning",
            json -> json.field("every", millis(every)))
        .get("claimed")
        .bool();
  }

  @Override
  public Pruned prune(Duration olderThan, int limit) {
    return pruned(
        calls.write(
            "the removal of old rows",
            "backfill_prune",
            json -> json.field("olderThan", millis(olderThan)).field("limit", limit)));
  }

  @Override
  public Pruned prunable(Duration olderThan) {
    return pruned(
        calls.read(
            "the count of old rows",
            "backfill_prune",
            json -> json.field("olderThan", millis(olderThan))));
  }

  private static Pruned pruned(JsonValue answer) {
    return new Pruned(
        answer.get("runs").number(),
        answer.get("transitions").number(),
        answer.get("chunks").number(),
        0);
  }

  /** Returns the milliseconds of a duration, or so many that no row is older. */
  private static long millis(Duration duration) {
    Duration max = Duration.ofDays(36_500);
    return (duration.compareTo(max) < 0 ? duration : max).toMillis();
  }

  private static Backfill one(JsonValue answer) {
    return StoredValues.backfill(answer.get("backfill"));
  }

  private static Optional<Backfill> backfill(JsonValue answer) {
    return answer.get("backfill").isNull() ? Optional.empty() : Optional.of(one(answer));
  }

  private static void write(JsonWriter json, BackfillKey key) throws IOException {
    json.field("source", key.source()).field("target", key.target());
  }

  private static void write(JsonWriter json, LeaseRequest request) throws IOException {
    json.field("owner", request.owner())
        .field("executor", request.executor())
        .field("ttl", request.timeToLive().toMillis())
        // Finds a grant again if a proxy sends the request twice.
        .field("request", UUID.randomUUID().toString());
  }

  private static void write(JsonWriter json, RequestedBy by) throws IOException {
    json.field("actor", by.actor()).field("reason", by.reason());
  }

  private static void write(JsonWriter json, LeaseRelease release) throws IOException {
    Decision.Wait waiting = release.waiting();
    json.field("status", stored(release.status()))
        .field("waitUntil", waiting == null ? null : waiting.until())
        .field("waitReason", waiting == null ? null : waiting.reason())
        .field("error", release.error())
        .field("counted", release.counted())
        .field("note", release.note());
  }
}
