package dev.backfill.supabase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.quota.SharedLimit;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.report.FailureLog;
import dev.backfill.api.report.FailureLog.Entry;
import dev.backfill.api.store.BackfillKey;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rows that the store over JDBC and the store over REST write and read in turn. */
class BothStoresTest {

  private static final BackfillKey KEY = new BackfillKey("test:numbers", "a/b");

  /** More digits than a database keeps. */
  private static final Instant NOW = Instant.parse("2026-12-01T10:00:00.123456789Z");

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final RestProject project;
  private final JobStore jdbc;
  private final JobStore rest;

  BothStoresTest() throws SQLException {
    project = RestProject.startStandIn();
    jdbc = project.jdbc().jobs();
    rest = project.rest().jobs();
  }

  @AfterEach
  void close() {
    project.close();
  }

  @Test
  void aJobOfOneStoreIsContinuedByTheOther() {
    String reason = "new \uD83D\uDE00\u0000 \uD800 \"quoted\" \\";
    assertThat(jdbc.enqueue(KEY, Priority.TRACKED, reason, NOW, NOW)).isTrue();
    assertThat(rest.enqueue(KEY, Priority.MANUAL, "late", NOW, NOW)).isFalse();
    Job job = same();
    assertThat(job.reason()).isEqualTo("new \uD83D\uDE00 \uFFFD \"quoted\" \\");
    assertThat(job.order()).isEqualTo(Instant.parse("2026-12-01T10:00:00.123457Z"));

    Placement placement = new Placement(Destination.GITHUB_ACTIONS, "large", true);
    job = rest.update(job.withPlacement(placement), events(job, Kind.ROUTED)).orElseThrow();
    assertThat(same()).isEqualTo(job);
    job =
        jdbc.update(job.withDispatch(Dispatch.requested("id-1", NOW)), events(job, Kind.DISPATCHED))
            .orElseThrow();
    assertThat(same()).isEqualTo(job);
    Dispatch claimed = job.dispatch().ranAs("17", "https://example.com/17").claimed(NOW);
    job = rest.update(job.withDispatch(claimed), events(job, Kind.CLAIMED)).orElseThrow();
    assertThat(same()).isEqualTo(job);
    assertThat(jdbc.dispatched()).isEqualTo(rest.dispatched()).containsExactly(job);
    job = jdbc.update(job.withPlacement(null), List.of()).orElseThrow();
    assertThat(same()).isEqualTo(job);

    JobEvent untracked = new JobEvent(job.id(), Kind.UNTRACKED, null, "asked", NOW);
    assertThat(rest.update(job.withPlacement(null), events(job, Kind.ROUTED))).isPresent();
    assertThat(jdbc.update(job.withPlacement(null), events(job, Kind.ROUTED)))
        .as("a version that was changed over REST")
        .isEmpty();
    assertThat(rest.remove(job.id(), untracked)).isTrue();
    assertThat(jdbc.remove(job.id(), untracked)).isFalse();
    assertThat(jdbc.latestEvents(job.id(), 100)).isEqualTo(rest.latestEvents(job.id(), 100));
    assertThat(rest.latest(Destination.GITHUB_ACTIONS, Set.of(Kind.ROUTED, Kind.CLAIMED), 2))
        .isEqualTo(jdbc.latest(Destination.GITHUB_ACTIONS, Set.of(Kind.ROUTED, Kind.CLAIMED), 2))
        .hasSize(2);
  }

  @Test
  void bothStoresFindTheSameJobsDue() {
    for (int i = 0; i < 20; i++) {
      BackfillKey key = new BackfillKey(i % 3 == 0 ? "test:others" : "test:numbers", "a/" + i);
      (i % 2 == 0 ? jdbc : rest)
          .enqueue(
              key,
              Priority.TRACKED,
              "newly tracked",
              NOW.plusSeconds(i % 5),
              NOW.plusSeconds(i % 7));
    }
    Set<String> sources = Set.of("test:numbers", "test:others");
    for (int limit : new int[] {1, 7, 100}) {
      for (long second = -1; second < 6; second++) {
        Instant now = NOW.plusSeconds(second);
        assertThat(rest.due(now, sources, limit)).isEqualTo(jdbc.due(now, sources, limit));
        assertThat(rest.due(now, Set.of("test:others"), limit))
            .isEqualTo(jdbc.due(now, Set.of("test:others"), limit));
        assertThat(Set.copyOf(rest.dueAfter(now, 100)))
            .isEqualTo(Set.copyOf(jdbc.dueAfter(now, 100)));
      }
    }
    assertThat(rest.due(NOW.plusSeconds(9), sources, 100)).hasSize(20);
    assertThat(rest.nextDue(sources)).isEqualTo(jdbc.nextDue(sources)).isPresent();
    assertThat(rest.prunableEvents(Duration.ofDays(1L << 40)))
        .isEqualTo(jdbc.prunableEvents(Duration.ofDays(1L << 40)))
        .isZero();
  }

  @Test
  void aSuspensionOfOneStoreIsReplacedAndEndedByTheOther() {
    Suspension first = new Suspension("work", "outage", "automatic", NOW, NOW.plus(MINUTE), 1);
    Suspension next = new Suspension("work", "again", "ann", NOW.plus(MINUTE), null, 2);
    assertThat(jdbc.replace(null, first)).isTrue();
    assertThat(rest.replace(null, next)).isFalse();
    Suspension stored = rest.suspensions().get(0);
    assertThat(jdbc.suspensions()).containsExactly(stored);
    assertThat(rest.resume(next)).isFalse();
    assertThat(rest.replace(stored, next)).isTrue();
    assertThat(jdbc.replace(stored, first)).isFalse();
    stored = jdbc.suspensions().get(0);
    assertThat(rest.suspensions()).containsExactly(stored);
    assertThat(jdbc.resume(stored)).isTrue();
    assertThat(rest.resume("work")).isFalse();
  }

  @Test
  void aFailureOfOneStoreIsReportedAndEndedByTheOther() {
    FailureLog before = project.jdbc().failures();
    FailureLog after = project.rest().failures();
    BackfillKey other = new BackfillKey("test:numbers", "a/c");
    before.failed("outage", KEY, NOW);
    Entry entry = after.failed("outage", other, NOW.plus(MINUTE));
    assertThat(entry.count()).isEqualTo(2);
    assertThat(before.find("outage")).contains(entry);
    assertThat(after.affected("outage"))
        .isEqualTo(before.affected("outage"))
        .containsExactly(KEY, other);

    assertThat(after.claim("outage", "one", MINUTE)).isTrue();
    assertThat(before.claim("outage", "two", MINUTE)).isFalse();
    Entry reported = entry.withReport(1L << 60, "https://example.com/7", true, 2, NOW);
    assertThat(before.markReported("two", reported)).isFalse();
    assertThat(after.markReported("one", reported)).isTrue();
    after.release("outage", "one");
    assertThat(before.claim("outage", "two", MINUTE)).isTrue();
    entry = before.find("outage").orElseThrow();
    assertThat(entry.issue()).isEqualTo(1L << 60);
    assertThat(after.find("outage")).contains(entry);

    assertThat(after.recovered(KEY, NOW)).isEmpty();
    assertThat(before.recovered(other, NOW))
        .isEqualTo(List.of(before.find("outage").orElseThrow()));
    assertThat(after.recovered(other, NOW))
        .as("over, with an issue that is still open")
        .isEqualTo(List.of(after.find("outage").orElseThrow()));
  }

  @Test
  void aLimitOfOneStoreCountsForTheOther() {
    SharedLimits before = project.jdbc().limits();
    SharedLimits after = project.rest().limits();
    before.limited("one", "core", new SharedLimit(MINUTE, "limit", 3, 40, Duration.ZERO));
    after.limited("one", "core", new SharedLimit(Duration.ZERO, "later", 1, null, MINUTE));
    for (SharedLimits each : List.of(before, after)) {
      SharedLimit limit = each.read(Set.of("one", "two")).get("one").get("core");
      assertThat(limit.blocked()).isBetween(Duration.ofSeconds(30), MINUTE);
      assertThat(limit.oneByOne()).isBetween(Duration.ofSeconds(30), MINUTE);
      assertThat(limit.refusals()).isEqualTo(3);
      assertThat(limit.pointsPerMinute()).isEqualTo(40);
      assertThat(limit.reason()).isEqualTo("later");
    }
    after.recovered("one", "core");
    assertThat(before.read(Set.of("one")).get("one").get("core").refusals()).isZero();
  }

  private Job same() {
    Job job = jdbc.find(KEY).orElseThrow();
    assertThat(rest.find(KEY)).contains(job);
    assertThat(rest.list()).isEqualTo(jdbc.list()).containsExactly(job);
    assertThat(rest.events(job.id(), 0, 100)).isEqualTo(jdbc.events(job.id(), 0, 100)).isNotEmpty();
    return job;
  }

  private static List<JobEvent> events(Job job, Kind kind) {
    return List.of(new JobEvent(job.id(), kind, Destination.GITHUB_ACTIONS, "a reason", NOW));
  }
}
