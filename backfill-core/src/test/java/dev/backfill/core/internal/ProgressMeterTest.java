package dev.backfill.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backfill.api.source.Total;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressMeterTest {

  private final ProgressMeter meter = new ProgressMeter();

  @Test
  void measuresBeforeItForecasts() {
    assertThat(meter.remaining(0, Total.exact(100))).isNull();
    add(2, 10, Duration.ofSeconds(1));
    assertThat(meter.remaining(20, Total.exact(100))).isNull();
  }

  @Test
  void forecastsFromTheRecentRate() {
    add(5, 50, Duration.ofSeconds(2));

    assertThat(meter.itemsPerSecond()).isCloseTo(25, within(1e-9));
    assertThat(meter.remaining(250, Total.exact(1_250))).isEqualTo(Duration.ofSeconds(40));
  }

  @Test
  void neverForecastsLessThanNothing() {
    add(5, 50, Duration.ofSeconds(2));

    assertThat(meter.remaining(300, Total.estimate(250))).isEqualTo(Duration.ZERO);
  }

  @Test
  void forecastsNothingOfAnUnknownTotal() {
    add(5, 50, Duration.ofSeconds(2));

    assertThat(meter.remaining(250, Total.UNKNOWN)).isNull();
  }

  @Test
  void halfOfItsMemoryIsTheLastEightChunks() {
    add(500, 10, Duration.ofSeconds(1));
    add(8, 30, Duration.ofSeconds(1));

    assertThat(meter.itemsPerSecond()).isCloseTo(20, within(0.1));
  }

  @Test
  void knowsWhatAnItemCosts() {
    assertThat(meter.quotaPerItem()).isZero();
    meter.add(50, Duration.ofSeconds(1), 100);
    assertThat(meter.quotaPerItem()).isCloseTo(2, within(1e-9));
  }

  private void add(int chunks, int size, Duration active) {
    for (int i = 0; i < chunks; i++) {
      meter.add(size, active, 1);
    }
  }
}
