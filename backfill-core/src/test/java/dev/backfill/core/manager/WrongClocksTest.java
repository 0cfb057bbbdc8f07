package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.time.TimeSource;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Machines whose clocks are wrong, or are set while a manager works. */
@Timeout(60)
class WrongClocksTest {

  private final ManagerFixture fixture = new ManagerFixture();

  /** A machine's clock that is off by so much; what it measures is right. */
  private static final class Skewed implements TimeSource {

    private final ManualTimeSource real;
    volatile Duration offset;

    Skewed(ManualTimeSource real, Duration offset) {
      this.real = real;
      this.offset = offset;
    }

    @Override
    public Instant now() {
      return real.now().plus(offset);
    }

    @Override
    public long nanoTime() {
      return real.nanoTime();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      real.sleep(duration);
    }
  }

  @Test
  void aMachineWhoseClockIsMinutesAwayIsRefusedWithBothTimes() {
    for (Duration offset : List.of(Duration.ofDays(365), Duration.ofMinutes(-6))) {
      Skewed clock = new Skewed(fixture.time, offset);
      try (BackfillManager manager = fixture.manager().timeSource(clock).build()) {
        assertThatThrownBy(manager::runDue)
            .isInstanceOf(InvalidConfigurationException.class)
            .hasMessageContaining(clock.now().toString())
            .hasMessageContaining(fixture.time.now().toString());
        assertThatThrownBy(manager::start).isInstanceOf(InvalidConfigurationException.class);
      }
    }
  }

  @Test
  void aClockThatIsSetAYearAheadPutsNothingOff() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100);
    fixture.source.sizes.put("a/c", 100);
    fixture.source.failures.put(
        "a/c", new PermanentFailureException(Reason.NOT_FOUND, "it is not there", null));
    Skewed clock = new Skewed(fixture.time, Duration.ZERO);
    ManagerRules.Sync hourly = new ManagerRules.Sync(Duration.ofHours(1), Duration.ofDays(1));
    try (BackfillManager manager =
        fixture
            .manager()
            .timeSource(clock)
            .rules(rules -> rules.withSync(hourly))
            .executor(
                slice -> {
                  clock.offset = Duration.ofDays(365);
                  slice.run();
                })
            .build()) {
      manager.track("a/b");
      manager.track("a/c");
      manager.runDue();
    }

    Instant tomorrow = fixture.time.now().plus(Duration.ofDays(1));
    for (Job job : fixture.jobs.list()) {
      assertThat(job.dueAt()).as(job.key().toString()).isBefore(tomorrow);
      assertThat(job.order()).isBefore(tomorrow);
    }
    assertThat(fixture.events("a/b")).allMatch(note -> note.at().isBefore(tomorrow));
  }

  @Test
  void aClockThatIsSetBackProlongsNoSleep() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100);
    Skewed clock = new Skewed(fixture.time, Duration.ZERO);
    Instant begin = fixture.time.now();
    try (BackfillManager manager =
        fixture
            .manager()
            .timeSource(clock)
            .rules(
                rules ->
                    rules.withSync(
                        new ManagerRules.Sync(Duration.ofMinutes(10), Duration.ofDays(1))))
            .executor(
                slice -> {
                  slice.run();
                  clock.offset = Duration.ofHours(-6);
                })
            .build()) {
      manager.track("a/b");
      assertThat(manager.runFor(Duration.ofMinutes(35)).completed()).isEqualTo(4);
    }
    assertThat(Duration.between(begin, fixture.time.now())).isLessThan(Duration.ofMinutes(40));
  }

  @Test
  void aJobThatAWrongClockHasPutOffForAYearRuns() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      Instant wrong = fixture.time.now().plus(Duration.ofDays(365));
      Job job = fixture.job("a/b");
      fixture.jobs.update(
          new Schedule(wrong, wrong, wrong, 0, 0).on(job.withState(JobState.IDLE)), List.of());

      assertThat(manager.runDue().completed()).isEqualTo(1);
    }
    assertThat(fixture.last("a/b", JobEvent.Kind.RETRIED).orElseThrow().reason())
        .contains("a wrong clock");
  }

  /** Puts the job off, and says whether that is taken for a wrong clock's. */
  private boolean isRepaired(WrongClocks clocks, Duration due) {
    Instant now = fixture.time.now();
    Schedule schedule = new Schedule(now.minusSeconds(60), now.plus(due), now.plus(due), 2, 3);
    fixture
        .jobs
        .update(schedule.on(fixture.job("a/b").withState(JobState.IDLE)), List.of())
        .orElseThrow();
    clocks.repair();
    Schedule after = Schedule.of(fixture.job("a/b"));
    if (!after.equals(schedule)) {
      assertThat(after).isEqualTo(new Schedule(schedule.queuedAt(), now, now, 2, 3));
    }
    return !after.equals(schedule);
  }

  @Test
  void onlyWhatIsPutOffForLongerThanAnyRuleDoesIsRepaired() {
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
    }
    Duration month = Duration.ofDays(31);
    for (Duration own : List.of(Duration.ofHours(1), month)) {
      assertThat(isRepaired(new WrongClocks(fixture.jobUpdater(), own), month)).isFalse();
      assertThat(isRepaired(new WrongClocks(fixture.jobUpdater(), own), month.plusSeconds(1)))
          .isTrue();
    }
    Duration longer = Duration.ofDays(60);
    assertThat(isRepaired(new WrongClocks(fixture.jobUpdater(), longer), longer)).isFalse();
  }

  @Test
  void itLooksForSuchJobsEveryTenMinutes() {
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
    }
    fixture.time.advance(Duration.ofHours(1));
    WrongClocks clocks = new WrongClocks(fixture.jobUpdater(), Duration.ofDays(31));
    Duration year = Duration.ofDays(365);
    assertThat(isRepaired(clocks, year)).isTrue();
    fixture.time.advance(Duration.ofMinutes(10).minusSeconds(1));
    assertThat(isRepaired(clocks, year)).isFalse();
    fixture.time.advance(Duration.ofSeconds(1));
    assertThat(isRepaired(clocks, year)).isTrue();
  }

  @Test
  void aDispatchOfAWrongClockComesBack() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      Instant wrong = fixture.time.now().plus(Duration.ofDays(365));
      Job job = fixture.job("a/b");
      Job placed =
          fixture
              .jobs
              .update(
                  job.withPlacement(new Placement(Destination.GITHUB_ACTIONS, "a test", false)),
                  List.of())
              .orElseThrow();
      fixture.jobs.update(
          placed.withDispatch(new Dispatch("id", wrong, null, null, null)), List.of());

      assertThat(manager.runFor(Duration.ofHours(1)).completed()).isEqualTo(1);
    }
  }

  @Test
  void anAutomaticSuspensionOfAWrongClockKeepsNoDestinationOff() throws InterruptedException {
    Instant wrong = fixture.time.now().plus(Duration.ofDays(365));
    String subject = Suspension.of(Destination.GITHUB_ACTIONS);
    fixture.jobs.suspend(
        new Suspension(subject, "5 of 5 failed", Suspension.AUTOMATIC, wrong, wrong, 1));
    assertThat(new SuspensionCache(fixture.jobs).holding(fixture.time.now())).isEmpty();
  }

  /** The store's clock was a day ahead when the lease was granted, as an embedded one may be. */
  @Test
  void aLeaseThatEndsTomorrowIsTakenOver() {
    Skewed clock = new Skewed(fixture.time, Duration.ofDays(1));
    InMemoryStore store = new InMemoryStore(clock);
    ProgressStore progress = store.progress();
    JobStore jobs = store.jobs();
    var id = progress.register(fixture.key("a/b"), "manual").id();
    progress.claim(id, new LeaseRequest("dead", "local", Duration.ofSeconds(60)));

    clock.offset = Duration.ZERO;

    assertThat(progress.get(id).leaseExpired()).isTrue();
    assertThat(progress.claim(id, new LeaseRequest("next", "local", Duration.ofSeconds(60))))
        .matches(Claim::isGranted);
    assertThat(jobs.list()).isEmpty();
  }
}
