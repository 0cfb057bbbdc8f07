package dev.backfill.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.event.Progress;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.SinkCounts;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class EventMetersTest {

  private static final BackfillKey KEY = new BackfillKey("test:numbers", "a/b");
  private static final BackfillKey OTHER = new BackfillKey("test:numbers", "c/d");

  private final MockClock clock = new MockClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
  private final EventMeters meters = new EventMeters(registry, new MeterTags(false));
  private final Instant start = Instant.ofEpochMilli(clock.wallTime());

  private Instant at(long seconds) {
    return start.plusSeconds(seconds);
  }

  private static Progress progress(Phase phase, Quota quota) {
    return new Progress(40, 0, Total.UNKNOWN, 0, null, null, false, quota, phase);
  }

  private BackfillEvent.ChunkCommitted chunk(long at, Phase phase, Quota quota) {
    return new BackfillEvent.ChunkCommitted(
        KEY,
        at(at),
        1,
        10,
        new SinkCounts(4, 3),
        List.of(new RejectedItem("7", "too long", "")),
        "",
        Duration.ofSeconds(5),
        12,
        progress(phase, quota));
  }

  private void waiting(BackfillKey key, long at, long until, String reason, int failed) {
    meters.onEvent(new BackfillEvent.Waiting(key, at(at), at(until), reason, failed, null, null));
  }

  private void started(BackfillKey key, long at) {
    meters.onEvent(
        new BackfillEvent.SliceStarted(key, at(at), "worker", progress(Phase.HISTORY, null)));
  }

  private void ended(BackfillKey key, long at, BackfillStatus status) {
    meters.onEvent(
        new BackfillEvent.SliceEnded(key, at(at), status, null, 2, progress(Phase.HISTORY, null)));
  }

  private void assertWaits(String reason, long count, long seconds) {
    Timer timer = registry.find("backfill.wait").tag("reason", reason).timer();
    assertThat(timer == null ? 0 : timer.count()).isEqualTo(count);
    assertThat(timer == null ? 0 : timer.totalTime(TimeUnit.SECONDS)).isEqualTo(seconds);
  }

  @ParameterizedTest
  @EnumSource
  void aChunkIsTimedInItsPhase(Phase phase) {
    meters.onEvent(chunk(0, phase, null));
    Timer timer = registry.get("backfill.chunk").tag("phase", MeterTags.value(phase)).timer();
    assertThat(timer.totalTime(TimeUnit.SECONDS)).isEqualTo(5);
  }

  @Test
  void anItemHasOneOutcome() {
    meters.onEvent(chunk(0, Phase.HISTORY, null));
    assertThat(items("inserted")).isEqualTo(4);
    assertThat(items("updated")).isEqualTo(3);
    assertThat(items("quarantined")).isEqualTo(1);
    assertThat(items("unchanged")).isEqualTo(2);
  }

  private double items(String outcome) {
    return registry.get("backfill.items").tag("outcome", outcome).counter().count();
  }

  @Test
  void theQuotaOfChunksAndOfEmptyReadsIsAddedUp() {
    meters.onEvent(chunk(0, Phase.HISTORY, null));
    ended(KEY, 1, BackfillStatus.COMPLETED);
    assertThat(registry.get("backfill.quota.spent").counter().count()).isEqualTo(14);
  }

  @Test
  void theRemainingQuotaIsThatOfTheLastEventUntilItsWindowEnds() {
    meters.onEvent(chunk(0, Phase.HISTORY, new Quota("core", 5_000, 400, at(60))));
    meters.onEvent(chunk(1, Phase.HISTORY, new Quota("core", 5_000, 390, at(60))));
    meters.onEvent(chunk(2, Phase.HISTORY, new Quota("graphql", 5_000, 17, at(90))));

    assertThat(remaining("core")).isEqualTo(390);
    assertThat(remaining("graphql")).isEqualTo(17);
    clock.add(Duration.ofSeconds(60));
    assertThat(remaining("core")).isEqualTo(5_000);
    assertThat(remaining("graphql")).isEqualTo(17);
  }

  private double remaining(String resource) {
    return registry.get("backfill.quota.remaining").tag("resource", resource).gauge().value();
  }

  @Test
  void textsOfWaitsAreNoTags() {
    for (int i = 0; i < 100; i++) {
      waiting(KEY, i * 10, i * 10 + 5, "quota is spent until 10:30:0" + i, 0);
      waiting(OTHER, i * 10, i * 10 + 5, "HTTP 502 in request " + i, i + 1);
    }
    assertThat(registry.find("backfill.wait").timers())
        .extracting(timer -> timer.getId().getTag("reason"))
        .containsExactlyInAnyOrder("quota", "retry");
  }

  @Test
  void aWaitEndsWithTheNextSlice() {
    waiting(KEY, 0, 100, "quota", 0);
    ended(KEY, 0, BackfillStatus.WAITING);
    assertWaits("quota", 0, 0);
    started(KEY, 30);
    assertWaits("quota", 1, 30);
    started(KEY, 200);
    assertWaits("quota", 1, 30);
  }

  @Test
  void aWaitIsNoLongerThanAnnounced() {
    waiting(KEY, 0, 100, "quota", 0);
    ended(KEY, 0, BackfillStatus.WAITING);
    // The job was due, and others had their turn.
    started(KEY, 500);
    assertWaits("quota", 1, 100);
  }

  @Test
  void aWaitAfterAFailedAttemptEndsWithTheNextAttempt() {
    waiting(KEY, 0, 1, "HTTP 502", 1);
    waiting(KEY, 3, 5, "HTTP 502", 2);
    meters.onEvent(chunk(9, Phase.HISTORY, null));
    assertWaits("retry", 2, 3);
  }

  @Test
  void aWaitThatIsAnnouncedAgainIsOneWait() {
    waiting(KEY, 0, 100, "quota", 0);
    waiting(KEY, 40, 100, "quota", 0);
    waiting(KEY, 60, 120, "quota", 0);
    started(KEY, 130);
    assertWaits("quota", 1, 120);
  }

  @Test
  void aWaitThatAnotherProcessEndsCountsOnceItsTimeHasPassed() {
    waiting(KEY, 0, 100, "quota", 0);
    waiting(OTHER, 10, 300, "quota", 0);
    ended(KEY, 10, BackfillStatus.WAITING);
    started(new BackfillKey("test:numbers", "e/f"), 99);
    assertWaits("quota", 0, 0);
    started(new BackfillKey("test:numbers", "g/h"), 150);
    assertWaits("quota", 1, 100);
    started(KEY, 150);
    assertWaits("quota", 1, 100);
    started(new BackfillKey("test:numbers", "g/h"), 301);
    assertWaits("quota", 2, 390);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"WAITING", "COMPLETED", "COMPLETED_WITH_GAPS"})
  void aSliceThatEndsOtherwiseEndsItsWait(BackfillStatus status) {
    waiting(KEY, 0, 100, "quota", 0);
    ended(KEY, 7, status);
    assertWaits("quota", 1, 7);
  }

  @ParameterizedTest
  @EnumSource(names = {"WAITING", "COMPLETED", "COMPLETED_WITH_GAPS"})
  void aSliceThatLeavesAWaitDoesNotEndIt(BackfillStatus status) {
    waiting(KEY, 0, 100, "quota", 0);
    ended(KEY, 7, status);
    assertWaits("quota", 0, 0);
  }

  @Test
  void aClockThatIsSetBackMakesNoWaitNegative() {
    waiting(KEY, 50, 100, "quota", 0);
    started(KEY, 20);
    assertWaits("quota", 1, 0);
  }

  private void held(long at, long until, String holder) {
    meters.onEvent(
        new BackfillEvent.Waiting(
            KEY, at(at), at(until), "another worker holds it: " + holder, 0, holder, null));
  }

  @Test
  void aWaitForAnotherWorkerIsOfItsOwnKind() {
    waiting(KEY, 0, 100, "quota", 0);
    held(20, 80, "one");
    // It renews its lease.
    held(22, 82, "one");
    started(KEY, 30);
    assertWaits("quota", 1, 20);
    assertWaits("lease", 1, 10);
  }
}
