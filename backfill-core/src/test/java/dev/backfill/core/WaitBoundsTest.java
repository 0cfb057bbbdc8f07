package dev.backfill.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The bounds of waits and of tries, each to the moment. */
class WaitBoundsTest {

  private final EngineFixture fixture = new EngineFixture();
  private final ScriptedSource source = new ScriptedSource(10);

  @Test
  void aWaitCountsForTwoHoursAtMost() throws Exception {
    Instant begin = fixture.time.now();
    source.script.add(() -> limited(begin.plus(Duration.ofDays(365))));

    SliceResult result = run(SliceLimits.UNLIMITED.withMaxWait(Duration.ZERO));

    assertThat(((SliceResult.ContinueAt) result).until())
        .isEqualTo(begin.plus(Duration.ofHours(2)));
  }

  @Test
  void aWaitThatIsOverAlreadyTakesAMomentAllTheSame() throws Exception {
    source.script.add(() -> limited(fixture.time.now().minusSeconds(5)));

    assertThat(run(SliceLimits.UNLIMITED)).isInstanceOf(SliceResult.Done.class);

    assertThat(fixture.time.sleeps()).containsExactly(Duration.ofMillis(50));
  }

  @Test
  void triesEndBeforeADelayThatPassesNinetySeconds() throws Exception {
    for (int i = 0; i < 100; i++) {
      source.script.add(Failures.transientOnce("502"));
    }
    Instant begin = fixture.time.now();

    assertThat(run(SliceLimits.UNLIMITED)).isInstanceOf(SliceResult.Stopped.class);

    assertThat(Duration.between(begin, fixture.time.now()))
        .isBetween(Duration.ofSeconds(60), Duration.ofSeconds(90));
  }

  private SliceResult run(SliceLimits limits) throws InterruptedException {
    try (BackfillEngine engine = fixture.engine().build()) {
      return engine.runSlice(fixture.job(source), limits);
    }
  }

  private static void limited(Instant until) {
    throw RateLimitedException.primary(until, "limited");
  }
}
