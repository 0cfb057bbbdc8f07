package dev.backfill.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backfill.api.event.Eta;
import dev.backfill.api.source.Total;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressMeterTest {

  private final ProgressMeter meter = new ProgressMeter();

  @Test
  void measuresBeforeItForecasts() {
    assertThat(meter.eta(0, Total.exact(100))).isEqualTo(Eta.State.MEASURING);
    add(2, 10, Duration.ofSeconds(1));
    assertThat(meter.eta(20, Total.exact(100))).isEqualTo(Eta.State.MEASURING);
  }

  @Test
  void forecastsFromTheRecentRate() {
    add(5, 50, Duration.ofSeconds(2));

    assertThat(meter.itemsPerSecond()).isCloseTo(25, within(1e-9));
    assertThat(meter.eta(250, Total.exact(1_250))).isEqualTo(new Eta.Ready(Duration.ofSeconds(40)));
  }

  @Test
  void neverForecastsLessThanNothing() {
    add(5, 50, Duration.ofSeconds(2));

    assertThat(meter.eta(300, Total.estimate(250))).isEqualTo(new Eta.Ready(Duration.ZERO));
  }

  @Test
  void printsThatTheTotalIsUnknown() {
    add(5, 50, Duration.ofSeconds(2));

    assertThat(meter.eta(250, Total.UNKNOWN)).isEqualTo(Eta.State.UNKNOWN_TOTAL);
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
