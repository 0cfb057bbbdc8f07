package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.quota.Quota;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SyncRulesTest {

  private static final ManagerRules.Sync HOURLY =
      new ManagerRules.Sync(Duration.ofHours(1), Duration.ofDays(1));

  private static Quota quota(long remaining) {
    return new Quota("core", 5_000, remaining, Instant.EPOCH);
  }

  @Test
  void itIsTheUsualOneWhileThereIsLittleToDo() {
    assertThat(HOURLY.now(3, 3, quota(4_000))).isEqualTo(Duration.ofHours(1));
    assertThat(HOURLY.now(0, 3, null)).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void itGrowsWithWhatIsDueUpToTheLongest() {
    assertThat(HOURLY.now(63, 3, null)).isEqualTo(Duration.ofHours(2));
    assertThat(HOURLY.now(243, 3, null)).isEqualTo(Duration.ofHours(5));
    assertThat(HOURLY.now(1_000_000, 3, null)).isEqualTo(Duration.ofDays(1));
  }

  @Test
  void itDoublesWhileLittleQuotaIsLeft() {
    assertThat(HOURLY.now(0, 3, quota(1_249))).isEqualTo(Duration.ofHours(2));
    assertThat(HOURLY.now(0, 3, quota(1_250))).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void anIntervalThatIsNoneIsRefused() {
    assertThatThrownBy(() -> new ManagerRules.Sync(Duration.ZERO, Duration.ofDays(1)))
        .isInstanceOf(InvalidConfigurationException.class);
    assertThatThrownBy(() -> new ManagerRules.Sync(Duration.ofDays(2), Duration.ofDays(1)))
        .isInstanceOf(InvalidConfigurationException.class);
  }
}
