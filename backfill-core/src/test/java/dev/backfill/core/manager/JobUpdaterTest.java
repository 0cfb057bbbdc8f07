package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Priority;
import dev.backfill.api.source.PullSource;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How jobs are changed beside others who change them. */
class JobUpdaterTest {

  private final ManagerFixture fixture = new ManagerFixture();
  private final JobUpdater updater = fixture.jobUpdater();
  private final AtomicInteger updates = new AtomicInteger();

  @BeforeEach
  void aJob() {
    new JobTriggers(updater, ManagerRules.Fairness.DEFAULT)
        .track(fixture.key("a/b"), new Trigger(Priority.TRACKED, "newly tracked"));
    fixture.events.clear();
  }

  /** A desk on whose jobs somebody else is faster so many times. */
  private JobUpdater contended(int times) {
    JobStore store =
        (JobStore)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {JobStore.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("update") && updates.incrementAndGet() <= times) {
                    Job current = fixture.job("a/b");
                    fixture.jobs.update(current.withPlacement(null), List.of());
                  }
                  return method.invoke(fixture.jobs, arguments);
                });
    return new JobUpdater(
        updater.progress(), store, updater.registry(), updater.environment(), updater.events());
  }

  private boolean change(JobUpdater on) {
    return on.change(
            fixture.job("a/b"),
            stored ->
                new JobUpdater.Change(
                    stored, List.of(on.event(stored, Kind.RETRIED, on.here(), "a test"))))
        .isPresent();
  }

  @Test
  void aChangeIsComputedAgainUntilNoOtherIsFaster() {
    assertThat(change(contended(9))).isTrue();
    assertThat(fixture.kinds("a/b")).containsExactly("RETRIED");
    assertThat(fixture.events).as("listeners hear of it once").hasSize(1);
  }

  @Test
  void tenTimesAreAMistakeSomewhere() {
    JobUpdater contended = contended(10);
    assertThatThrownBy(() -> change(contended)).isInstanceOf(IllegalStateException.class);
    assertThat(updates).hasValue(10);
  }

  @Test
  void anEventHasAReasonOfBoundedLength() {
    Job job = fixture.job("a/b");
    assertThat(updater.event(job, Kind.FAILED, null, " ").reason())
        .isEqualTo("no reason was given");
    assertThat(updater.event(job, Kind.FAILED, null, "x".repeat(2_001)).reason()).hasSize(2_000);
  }

  @Test
  void checkingATargetLeavesNoSessionOpen() {
    AtomicInteger open = new AtomicInteger();
    PullSource<?> counting =
        (PullSource<?>)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {PullSource.class},
                (source, method, arguments) ->
                    method.getName().equals("open")
                        ? session(open, (AutoCloseable) method.invoke(fixture.source, arguments))
                        : method.invoke(fixture.source, arguments));
    new SourceRegistry(List.of(new ManagedSource<>(counting, null))).check("a/b");
    assertThat(open).hasValue(0);
  }

  private static Object session(AtomicInteger open, AutoCloseable session) {
    open.incrementAndGet();
    return Proxy.newProxyInstance(
        JobUpdaterTest.class.getClassLoader(),
        session.getClass().getInterfaces(),
        (proxy, method, arguments) -> {
          if (method.getName().equals("close")) {
            open.decrementAndGet();
          }
          return method.invoke(session, arguments);
        });
  }
}
