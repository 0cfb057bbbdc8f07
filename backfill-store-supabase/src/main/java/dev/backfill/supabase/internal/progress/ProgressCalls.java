package dev.backfill.supabase.internal.progress;

import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.Lease;
import dev.backfill.supabase.internal.http.CallKind;
import dev.backfill.supabase.internal.http.JsonValue;
import dev.backfill.supabase.internal.http.JsonWriter;
import dev.backfill.supabase.internal.http.Refusals;
import dev.backfill.supabase.internal.http.RequestWriter;
import dev.backfill.supabase.internal.http.RpcClient;
import java.io.IOException;

/** Calls about one backfill, or under its lease, with the meaning of their refusals. */
final class ProgressCalls {

  private final RpcClient client;

  ProgressCalls(RpcClient client) {
    this.client = client;
  }

  /** Returns the name of a backfill in messages. */
  static String name(BackfillId id) {
    return "backfill " + id.value();
  }

  static LeaseLostException lost(Lease lease) {
    return new LeaseLostException(
        "Worker "
            + lease.owner()
            + " no longer holds backfill "
            + lease.backfill().value()
            + ": another worker took over its lease with fence "
            + lease.fence()
            + ", or the lease was released. Nothing was written. The current holder continues.");
  }

  JsonValue read(String action, String function, RequestWriter request) {
    return client.call(action, function, CallKind.READ, request);
  }

  JsonValue write(String action, String function, RequestWriter request) {
    return client.call(action, function, CallKind.WRITE, request);
  }

  /**
   * Calls a function about a backfill.
   *
   * @throws IllegalArgumentException if there is no such backfill
   */
  JsonValue about(
      BackfillId id, String action, String function, CallKind kind, RequestWriter request) {
    return client.call(
        action,
        function,
        kind,
        json -> {
          json.field("id", id.value());
          request.write(json);
        },
        unknown(id));
  }

  /**
   * Calls a function under a lease.
   *
   * @throws LeaseLostException if a newer fence exists, or the lease was released
   */
  JsonValue held(
      Lease lease,
      String action,
      String function,
      CallKind kind,
      RequestWriter request,
      Refusals others) {
    Refusals unknown = unknown(lease.backfill());
    return client.call(
        action,
        function,
        kind,
        json -> {
          write(json, lease);
          request.write(json);
        },
        (code, detail) -> {
          if (code.equals("LEASE_LOST")) {
            return lost(lease);
          }
          RuntimeException other = others.of(code, detail);
          return other == null ? unknown.of(code, detail) : other;
        });
  }

  JsonValue held(Lease lease, String action, String function, RequestWriter request) {
    return held(lease, action, function, CallKind.WRITE, request, Refusals.NONE);
  }

  private static void write(JsonWriter json, Lease lease) throws IOException {
    json.field("id", lease.backfill().value())
        .field("fence", lease.fence())
        .field("owner", lease.owner())
        .field("ttl", lease.timeToLive().toMillis());
  }

  private static Refusals unknown(BackfillId id) {
    return (code, detail) ->
        code.equals("NOT_FOUND")
            ? new IllegalArgumentException("the store has no backfill " + id.value())
            : null;
  }
}
