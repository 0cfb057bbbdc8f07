package dev.backfill.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

  private final Backoff backoff = Backoff.ofDefaults();

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 4", "4, 8", "5, 16", "6, 20", "40, 20"})
  void delaysAreSpreadFromZeroToABoundThatDoubles(int failures, int boundSeconds) {
    Random random = new Random(42);
    List<Duration> delays =
        IntStream.range(0, 2_000).mapToObj(i -> backoff.delay(failures, random)).toList();

    long bound = boundSeconds * 1_000L;
    assertThat(delays)
        .allSatisfy(d -> assertThat(d.toMillis()).isBetween(0L, bound))
        .anySatisfy(d -> assertThat(d.toMillis()).isLessThan(bound / 10))
        .anySatisfy(d -> assertThat(d.toMillis()).isGreaterThan(bound * 9 / 10));
  }

  @Test
  void theBoundItselfIsADelay() {
    Backoff shortest =
        new Backoff(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMillis(1));
    Random random = new Random(42);
    assertThat(IntStream.range(0, 100).mapToObj(i -> shortest.delay(1, random).toMillis()))
        .containsOnly(0L, 1L);
  }

  @ParameterizedTest
  @CsvSource({"1, 3", "2, 6", "3, 7", "31, 7", "2147483647, 7"})
  void anExponentialDelayDoublesUpToItsMax(int failures, long nanos) {
    assertThat(Backoff.exponential(Duration.ofNanos(3), Duration.ofNanos(7), failures))
        .isEqualTo(Duration.ofNanos(nanos));
  }

  @Test
  void anExponentialDelayIsNeverLongerThanItsMax() {
    Duration day = Duration.ofDays(1);
    assertThat(Backoff.exponential(Duration.ofDays(2), day, 1)).isEqualTo(day);
    assertThat(Backoff.exponential(day, day, 1)).isEqualTo(day);
    assertThat(Backoff.exponential(Duration.ofNanos(1), day, 100))
        .isEqualTo(Duration.ofNanos(1L << 30));
  }

  @Test
  void anAttemptThatWouldComeAfterTheEndIsNotMade() {
    Duration half = Duration.ofSeconds(45);
    assertThat(backoff.givesUp(half, half)).isFalse();
    assertThat(backoff.givesUp(half, half.plusNanos(1))).isTrue();
  }

  @Test
  void allThreeTimesMayBeTheSame() {
    Duration second = Duration.ofSeconds(1);
    assertThat(new Backoff(second, second, second).max()).isEqualTo(second);
  }

  @Test
  void valuesOutOfTheirRangeAreRefused() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new Backoff(Duration.ZERO, second, second))
        .isInstanceOf(InvalidConfigurationException.class);
    assertThatThrownBy(() -> new Backoff(second, Duration.ofMillis(999), second))
        .isInstanceOf(InvalidConfigurationException.class);
    assertThatThrownBy(() -> new Backoff(second, second, Duration.ofMillis(999)))
        .isInstanceOf(InvalidConfigurationException.class);
  }
}
