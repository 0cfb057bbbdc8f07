package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.store.ProgressStore;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How often a manager asks whether old rows are to be removed, and which of several does it. */
class PruningTest {

  private static final Duration RETENTION = Duration.ofDays(90);

  private final ManagerFixture fixture = new ManagerFixture();
  private final List<String> calls = new ArrayList<>();
  private @Nullable RuntimeException failure;

  private Pruning pruning(@Nullable Duration retention) {
    ProgressStore store =
        (ProgressStore)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ProgressStore.class},
                (proxy, method, arguments) -> {
                  calls.add(method.getName());
                  if (failure != null) {
                    throw failure;
                  }
                  return method.invoke(fixture.progress, arguments);
                });
    JobUpdater updater = fixture.jobUpdater();
    return new Pruning(
        new JobUpdater(
            store, updater.jobs(), updater.registry(), updater.environment(), updater.events()),
        retention);
  }

  private long claims() {
    return calls.stream().filter("claimPruning"::equals).count();
  }

  private long pruned() {
    return calls.stream().filter("prune"::equals).count();
  }

  @Test
  void itAsksOnceAnHourAndRemovesOnceADay() {
    fixture.time.advance(Duration.ofHours(1));
    Pruning pruning = pruning(RETENTION);
    pruning.whenDue(() -> false);
    assertThat(claims()).isEqualTo(1);
    assertThat(pruned()).isEqualTo(1);

    fixture.time.advance(Duration.ofMinutes(59));
    pruning.whenDue(() -> false);
    assertThat(claims()).isEqualTo(1);

    fixture.time.advance(Duration.ofMinutes(1));
    pruning.whenDue(() -> false);
    assertThat(claims()).isEqualTo(2);
    assertThat(pruned()).as("it was done today").isEqualTo(1);

    fixture.time.advance(Duration.ofDays(1));
    pruning.whenDue(() -> false);
    assertThat(pruned()).isEqualTo(2);
  }

  @Test
  void ofTwoManagersOneRemoves() {
    pruning(RETENTION).whenDue(() -> false);
    pruning(RETENTION).whenDue(() -> false);
    assertThat(claims()).isEqualTo(2);
    assertThat(pruned()).isEqualTo(1);
  }

  @Test
  void whoKeepsEverythingAsksNothing() {
    pruning(null).whenDue(() -> false);
    assertThat(calls).isEmpty();
  }

  @Test
  void aFailureEndsNothingAndIsNotRepeatedAtOnce() {
    Pruning pruning = pruning(RETENTION);
    failure = new TransientFailureException("502", null);
    pruning.whenDue(() -> false);
    pruning.whenDue(() -> false);
    assertThat(claims()).isEqualTo(1);
  }
}
