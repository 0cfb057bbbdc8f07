package dev.backfill.github.internal.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WritePausesTest {

  private final ManualTimeSource time = new ManualTimeSource();
  private final WritePauses pauses = new WritePauses(time);

  @Test
  void theFirstWriteLeavesAtOnce() throws Exception {
    pauses.await();
    assertThat(time.sleeps()).isEmpty();
  }

  @Test
  void aSecondLiesBetweenTwoWrites() throws Exception {
    pauses.await();
    pauses.await();
    time.advance(Duration.ofMillis(400));
    pauses.await();
    assertThat(time.sleeps()).containsExactly(Duration.ofSeconds(1), Duration.ofMillis(600));
  }

  @Test
  void aWriteAfterASecondWaitsNoMore() throws Exception {
    pauses.await();
    time.advance(Duration.ofSeconds(1));
    pauses.await();
    time.advance(Duration.ofSeconds(7));
    pauses.await();
    assertThat(time.sleeps()).isEmpty();
  }

  @Test
  void theSecondIsCountedFromTheLastWrite() throws Exception {
    pauses.await();
    time.advance(Duration.ofSeconds(7));
    pauses.await();
    pauses.await();
    assertThat(time.sleeps()).containsExactly(Duration.ofSeconds(1));
  }
}
