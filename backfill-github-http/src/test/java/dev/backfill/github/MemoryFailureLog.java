package dev.backfill.github;

import dev.backfill.api.report.FailureLog;
import dev.backfill.api.store.BackfillKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a database would keep; this module cannot see the library's own stores. */
public final class MemoryFailureLog implements FailureLog {

  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<String, String> rights = new HashMap<>();
  private final Map<String, Map<BackfillKey, Boolean>> lasting = new HashMap<>();

  @Override
  public synchronized Entry failed(String fingerprint, BackfillKey key, Instant at) {
    Entry before = entries.get(fingerprint);
    boolean lasts = before != null && before.recoveredAt() == null;
    Entry entry =
        lasts
            ? new Entry(fingerprint, key, before.count() + 1, before.firstAt(), at, null)
            : new Entry(fingerprint, key, 1, at, at, null);
    entry = before == null ? entry : entry.withReportOf(before);
    entries.put(fingerprint, entry);
    lasting.computeIfAbsent(fingerprint, name -> new HashMap<>()).put(key, true);
    return entry;
  }

  @Override
  public synchronized List<BackfillKey> affected(String fingerprint) {
    return lasting.getOrDefault(fingerprint, Map.of()).entrySet().stream()
        .filter(Map.Entry::getValue)
        .map(Map.Entry::getKey)
        .sorted(Comparator.comparing(BackfillKey::target).thenComparing(BackfillKey::source))
        .toList();
  }

  @Override
  public synchronized List<Entry> recovered(BackfillKey key, Instant at) {
    List<Entry> over = new ArrayList<>();
    for (Entry entry : List.copyOf(entries.values())) {
      Map<BackfillKey, Boolean> members = lasting.get(entry.fingerprint());
      if (members == null || members.replace(key, false) == null || members.containsValue(true)) {
        continue;
      }
      if (entry.recoveredAt() == null) {
        over.add(over(entry, at));
      } else if (entry.issueOpen()) {
        over.add(entry);
      }
    }
    return over;
  }

  synchronized List<Entry> all() {
    return List.copyOf(entries.values());
  }

  private Entry over(Entry entry, Instant at) {
    Entry next =
        new Entry(
                entry.fingerprint(),
                entry.key(),
                entry.count(),
                entry.firstAt(),
                entry.lastAt(),
                at)
            .withReportOf(entry);
    entries.put(entry.fingerprint(), next);
    return next;
  }

  @Override
  public synchronized Optional<Entry> find(String fingerprint) {
    return Optional.ofNullable(entries.get(fingerprint));
  }

  @Override
  public synchronized boolean claim(String fingerprint, String claimId, Duration timeToLive) {
    return rights.putIfAbsent(fingerprint, claimId) == null;
  }

  @Override
  public synchronized boolean markReported(String claimId, Entry reported) {
    String fingerprint = reported.fingerprint();
    Entry entry = entries.get(fingerprint);
    boolean may = entry != null && claimId.equals(rights.get(fingerprint));
    if (may && entry != null) {
      entries.put(fingerprint, entry.withReportOf(reported));
    }
    return may;
  }

  @Override
  public synchronized void release(String fingerprint, String claimId) {
    rights.remove(fingerprint, claimId);
  }
}
