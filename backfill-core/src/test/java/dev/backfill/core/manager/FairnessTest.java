package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.job.JobState;
import dev.backfill.api.store.RequestedBy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FairnessTest {

  private final ManagerFixture fixture = new ManagerFixture();

  private static Map<String, Instant> firstSlices(ManagerFixture fixture) {
    return fixture.events.stream()
        .filter(BackfillEvent.SliceStarted.class::isInstance)
        .collect(
            Collectors.toMap(
                event -> event.key().target(), BackfillEvent::at, (first, later) -> first));
  }

  private List<String> served() {
    return fixture.events.stream()
        .filter(BackfillEvent.SliceStarted.class::isInstance)
        .map(event -> event.key().target())
        .toList();
  }

  @Test
  void aGiantDoesNotStarveTheOthersAndNewOnesGetAQuickFirstSlice() throws InterruptedException {
    fixture.source.sizes.put("giant/one", 100_000);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("giant/one");
      manager.runFor(Duration.ofMinutes(5));
      for (int i = 0; i < 20; i++) {
        fixture.source.sizes.put("small/" + i, 5_000);
        manager.track("small/" + i);
      }
      Instant queued = fixture.time.now();
      manager.runFor(Duration.ofMinutes(30));
      manager.close();
      assertThat(firstSlices(fixture)).hasSize(21);
      // Each first slice is two chunks of 50, that is four requests.
      assertThat(firstSlices(fixture).values())
          .allSatisfy(at -> assertThat(at).isBefore(queued.plus(Duration.ofMinutes(2))));
    }
    try (BackfillManager manager = fixture.manager().build()) {
      manager.runFor(Duration.ofHours(3));
    }
    assertThat(fixture.jobs.list()).allMatch(job -> job.state() == JobState.IDLE);
  }

  @Test
  void thoseOfOnePriorityTakeTurns() throws InterruptedException {
    for (String target : List.of("a/a", "b/b", "c/c")) {
      fixture.source.sizes.put(target, 20_000);
    }
    try (BackfillManager manager = fixture.manager().build()) {
      fixture.source.sizes.keySet().forEach(manager::track);
      manager.runFor(Duration.ofMinutes(10));
    }
    List<String> turns = served();
    assertThat(turns.subList(0, 9))
        .containsExactly("a/a", "b/b", "c/c", "a/a", "b/b", "c/c", "a/a", "b/b", "c/c");
  }

  @Test
  void aUsersRequestComesFirst() throws InterruptedException {
    for (String target : List.of("a/a", "b/b", "c/c")) {
      fixture.source.sizes.put(target, 20_000);
    }
    try (BackfillManager manager = fixture.manager().build()) {
      fixture.source.sizes.keySet().forEach(manager::track);
      manager.runFor(Duration.ofMinutes(3));
    }
    fixture.events.clear();
    try (BackfillManager manager = fixture.manager().build()) {
      manager.sync("c/c", RequestedBy.by("ann", "a person waits"));
      manager.runFor(Duration.ofMinutes(6));
    }
    assertThat(served().subList(0, 4)).containsOnly("c/c");
  }

  @Test
  void whatIsLessUrgentAgesAndIsServedInTheEnd() throws InterruptedException {
    // So slow that the quota lasts.
    ManagerFixture fixture = new ManagerFixture(Duration.ofSeconds(1));
    fixture.source.sizes.put("old/one", 200);
    try (BackfillManager manager =
        fixture
            .manager()
            .rules(
                rules ->
                    rules.withSync(new ManagerRules.Sync(Duration.ofHours(1), Duration.ofDays(1))))
            .build()) {
      manager.track("old/one");
      manager.runDue();
      fixture.time.advance(Duration.ofHours(1));
      fixture.source.sizes.put("giant/one", 10_000_000);
      manager.sync("giant/one", RequestedBy.by("ann", "a person waits, for days"));
    }
    fixture.events.clear();
    try (BackfillManager manager = fixture.manager().build()) {
      Instant due = fixture.time.now();
      manager.runFor(Duration.ofHours(3));
      // Three steps of ten minutes, and the slice that is under way.
      manager.close();
      assertThat(firstSlices(fixture).get("old/one")).isBefore(due.plus(Duration.ofMinutes(32)));
    }
  }

  @Test
  void whileAQuotaIsUsedUpTheJobsOfItsSourceWaitTogether() throws InterruptedException {
    for (int i = 0; i < 10; i++) {
      fixture.source.sizes.put("a/" + i, 100_000);
    }
    try (BackfillManager manager = fixture.manager().build()) {
      fixture.source.sizes.keySet().forEach(manager::track);
      manager.runFor(Duration.ofMinutes(45));
      assertThat(fixture.quota.quota().remaining()).isEqualTo(500);
    }
    fixture.events.clear();
    try (BackfillManager manager = fixture.manager().build()) {
      manager.runFor(Duration.ofMinutes(10));
    }
    assertThat(served()).hasSizeLessThanOrEqualTo(1);
  }
}
