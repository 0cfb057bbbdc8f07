package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.core.policy.Backoff;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** How often a store is asked again, and when that ends. */
class StoreRetrierTest {

  private static final TransientFailureException AWAY =
      new TransientFailureException("The connection ended (08006).", null);

  private final ManualTimeSource time = new ManualTimeSource();
  private final Queue<Exception> failures = new ArrayDeque<>();

  /** The longest delay each time: 1, 2, 4 and then 8 seconds. */
  private static final RandomGenerator MAX =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          return -1;
        }

        @Override
        public long nextLong(long bound) {
          return bound - 1;
        }
      };

  private Callable<?> patient(Duration giveUpAfter, BooleanSupplier stopped) {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8), giveUpAfter);
    return new StoreRetrier(time, MAX, backoff, stopped)
        .with(
            Callable.class,
            () -> {
              Exception failure = failures.poll();
              if (failure != null) {
                throw failure;
              }
              return "stored";
            });
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      failures.add(AWAY);
    }
  }

  private Duration elapsed() {
    return Duration.ofNanos(time.nanoTime());
  }

  @Test
  void aCallIsRepeatedUntilItWorks() throws Exception {
    fail(3);
    assertThat(patient(Duration.ofMinutes(1), () -> false).call()).isEqualTo("stored");
    assertThat(elapsed()).isEqualTo(Duration.ofSeconds(7));
    assertThat(time.sleeps()).as("so that a stop is seen").containsOnly(Duration.ofSeconds(1));
  }

  @Test
  void aDelayMayEndWhenItIsTimeToGiveUpAndNotAfterIt() throws Exception {
    fail(3);
    assertThat(patient(Duration.ofSeconds(7), () -> false).call()).isEqualTo("stored");
    fail(3);
    assertThatThrownBy(() -> patient(Duration.ofMillis(6_999), () -> false).call())
        .isInstanceOf(TransientFailureException.class)
        .hasMessage(
            "The connection ended (08006). The manager gave up after 3 attempt(s) in 3 s. Stored"
                + " items are kept. Run it again.")
        .hasCause(AWAY);
  }

  @Test
  void eachCallHasItsOwnTime() throws Exception {
    Callable<?> patient = patient(Duration.ofSeconds(7), () -> false);
    fail(3);
    patient.call();
    time.advance(Duration.ofHours(1));
    fail(3);
    assertThat(patient.call()).isEqualTo("stored");
  }

  @Test
  void aStoppedManagerGivesUpWithTheFailureItself() {
    fail(1);
    assertThatThrownBy(() -> patient(Duration.ofMinutes(1), () -> true).call()).isSameAs(AWAY);
    assertThat(elapsed()).isZero();
  }

  @Test
  void aStopEndsADelay() throws Exception {
    fail(4);
    BooleanSupplier stopped = () -> elapsed().compareTo(Duration.ofSeconds(9)) >= 0;
    assertThat(patient(Duration.ofMinutes(1), stopped).call()).isEqualTo("stored");
    assertThat(elapsed()).isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void anInterruptedThreadGivesUpAndStaysInterrupted() {
    fail(1);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> patient(Duration.ofMinutes(1), () -> false).call()).isSameAs(AWAY);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void anyOtherFailureIsNotRepeated() {
    for (Exception failure : List.of(new IllegalStateException("a mistake"), new Exception("x"))) {
      failures.add(failure);
      assertThatThrownBy(() -> patient(Duration.ofMinutes(1), () -> false).call())
          .isSameAs(failure);
    }
    assertThat(elapsed()).isZero();
  }
}
