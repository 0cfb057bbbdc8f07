package dev.backfill.core.memory;

import dev.backfill.api.report.FailureLog;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A failure log in memory, by the same contract as a database. */
final class InMemoryFailureLog implements FailureLog {

  private final TimeSource time;
  private final Map<String, Entry> entries = new TreeMap<>();
  private final Map<String, Set<BackfillKey>> members = new HashMap<>();
  private final Map<String, Set<BackfillKey>> lasting = new HashMap<>();
  private final Map<String, Right> rights = new HashMap<>();

  private record Right(String claimId, Instant until) {}

  InMemoryFailureLog(TimeSource time) {
    this.time = time;
  }

  @Override
  public synchronized Entry failed(String fingerprint, BackfillKey key, Instant at) {
    Entry before = entries.get(fingerprint);
    Entry entry;
    if (before == null) {
      entry = new Entry(fingerprint, key, 1, at, at, null);
    } else {
      boolean lasts = before.recoveredAt() == null;
      long count = lasts ? before.count() + 1 : 1;
      Instant firstAt = lasts ? before.firstAt() : at;
      entry = new Entry(fingerprint, key, count, firstAt, at, null).withReportOf(before);
    }
    entries.put(fingerprint, entry);
    lasting.computeIfAbsent(fingerprint, name -> new HashSet<>()).add(key);
    members.computeIfAbsent(fingerprint, name -> new HashSet<>()).add(key);
    return entry;
  }

  @Override
  public synchronized List<Entry> recovered(BackfillKey key, Instant at) {
    List<Entry> over = new ArrayList<>();
    for (Entry entry : List.copyOf(entries.values())) {
      Set<BackfillKey> others = lasting.getOrDefault(entry.fingerprint(), Set.of());
      boolean its = members.getOrDefault(entry.fingerprint(), Set.of()).contains(key);
      if (its) {
        others.remove(key);
      }
      if (its && others.isEmpty() && entry.recoveredAt() == null) {
        over.add(over(entry, at));
      } else if (its && others.isEmpty() && entry.issueOpen()) {
        over.add(entry);
      }
    }
    return List.copyOf(over);
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
  public synchronized List<BackfillKey> affected(String fingerprint) {
    return lasting.getOrDefault(fingerprint, Set.of()).stream()
        .sorted(Comparator.comparing(BackfillKey::target).thenComparing(BackfillKey::source))
        .toList();
  }

  @Override
  public synchronized Optional<Entry> find(String fingerprint) {
    return Optional.ofNullable(entries.get(fingerprint));
  }

  @Override
  public synchronized boolean claim(String fingerprint, String claimId, Duration timeToLive) {
    Right right = rights.get(fingerprint);
    boolean free =
        right == null || right.claimId().equals(claimId) || !time.now().isBefore(right.until());
    if (free && entries.containsKey(fingerprint)) {
      rights.put(fingerprint, new Right(claimId, time.now().plus(timeToLive)));
      return true;
    }
    return false;
  }

  @Override
  public synchronized boolean markReported(String claimId, Entry reported) {
    Objects.requireNonNull(reported.issue(), "issue");
    String fingerprint = reported.fingerprint();
    Right right = rights.get(fingerprint);
    Entry entry = entries.get(fingerprint);
    if (right == null || entry == null || !right.claimId().equals(claimId)) {
      return false;
    }
    entries.put(fingerprint, entry.withReportOf(reported));
    return true;
  }

  @Override
  public synchronized void release(String fingerprint, String claimId) {
    Right right = rights.get(fingerprint);
    if (right != null && right.claimId().equals(claimId)) {
      rights.remove(fingerprint);
    }
  }
}
