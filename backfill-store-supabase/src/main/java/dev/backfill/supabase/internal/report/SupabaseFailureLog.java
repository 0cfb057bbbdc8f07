package dev.backfill.supabase.internal.report;

import dev.backfill.api.report.FailureLog;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.supabase.internal.http.CallKind;
import dev.backfill.supabase.internal.http.JsonValue;
import dev.backfill.supabase.internal.http.JsonWriter;
import dev.backfill.supabase.internal.http.RequestWriter;
import dev.backfill.supabase.internal.http.RpcClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Failures and their reported issues in the tables of the JDBC store. Each call is one request, and
 * one transaction.
 */
public final class SupabaseFailureLog implements FailureLog {

  private final RpcClient client;

  /** Creates it. */
  public SupabaseFailureLog(RpcClient client) {
    this.client = client;
  }

  @Override
  public Entry failed(String fingerprint, BackfillKey key, Instant at) {
    return entry(
        write(
                "the record of a failure of " + key,
                "backfill_failure_record",
                json -> {
                  json.field("fingerprint", fingerprint);
                  write(json, key, at);
                })
            .get("failure"));
  }

  @Override
  public List<Entry> recovered(BackfillKey key, Instant at) {
    return write(
            "the record of the recovery of " + key,
            "backfill_failure_recover",
            json -> write(json, key, at))
        .get("failures")
        .list(SupabaseFailureLog::entry);
  }

  private static void write(JsonWriter json, BackfillKey key, Instant at) throws IOException {
    json.field("source", key.source()).field("target", key.target()).field("at", at);
  }

  @Override
  public List<BackfillKey> affected(String fingerprint) {
    return read(
            "the list of what a failure affects",
            "backfill_failure_affected",
            json -> json.field("fingerprint", fingerprint))
        .get("backfills")
        .list(each -> new BackfillKey(each.get("source").text(), each.get("target").text()));
  }

  @Override
  public Optional<Entry> find(String fingerprint) {
    JsonValue failure =
        read(
                "the search for a failure",
                "backfill_failure_find",
                json -> json.field("fingerprint", fingerprint))
            .get("failure");
    return failure.isNull() ? Optional.empty() : Optional.of(entry(failure));
  }

  @Override
  public boolean claim(String fingerprint, String claimId, Duration timeToLive) {
    return write(
            "the claim of a failure",
            "backfill_failure_claim",
            json ->
                json.field("fingerprint", fingerprint)
                    .field("claimId", claimId)
                    .field("timeToLiveMillis", timeToLive.toMillis()))
        .get("claimed")
        .bool();
  }

  @Override
  public boolean markReported(String claimId, Entry reported) {
    long issue = Objects.requireNonNull(reported.issue(), "issue");
    return write(
            "the record of a reported issue",
            "backfill_failure_report",
            json ->
                json.field("fingerprint", reported.fingerprint())
                    .field("claimId", claimId)
                    .field("issue", issue)
                    .field("url", reported.issueUrl())
                    .field("open", reported.issueOpen())
                    .field("reportedCount", reported.reportedCount())
                    .field("commentedAt", reported.commentedAt()))
        .get("recorded")
        .bool();
  }

  @Override
  public void release(String fingerprint, String claimId) {
    write(
        "the release of a failure",
        "backfill_failure_release",
        json -> json.field("fingerprint", fingerprint).field("claimId", claimId));
  }

  private static Entry entry(JsonValue json) {
    Entry entry =
        new Entry(
            json.get("fingerprint").text(),
            new BackfillKey(json.get("source").text(), json.get("target").text()),
            json.get("count").number(),
            json.get("firstAt").instant(),
            json.get("lastAt").instant(),
            json.get("recoveredAt").instantOrNull());
    Long issue = json.get("issue").numberOrNull();
    return issue == null
        ? entry
        : entry.withReport(
            issue,
            json.get("url").text(),
            json.get("open").bool(),
            json.get("reportedCount").number(),
            json.get("commentedAt").instant());
  }

  private JsonValue read(String action, String function, RequestWriter body) {
    return client.call(action, function, CallKind.READ, body);
  }

  private JsonValue write(String action, String function, RequestWriter body) {
    return client.call(action, function, CallKind.WRITE, body);
  }
}
