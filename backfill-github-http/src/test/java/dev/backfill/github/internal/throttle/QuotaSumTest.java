package dev.backfill.github.internal.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.quota.Quota;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuotaSumTest {

  private final ManualTimeSource time = new ManualTimeSource();

  private RateGate gate() {
    return new RateGate(time, new Random(1));
  }

  private RateGate gate(long limit, long remaining, long seconds) {
    RateGate gate = gate();
    Quota quota = new Quota("core", limit, remaining, time.now().plusSeconds(seconds));
    gate.update(new QuotaHeaders(seconds, quota));
    return gate;
  }

  private Quota sum(RateGate... gates) {
    return QuotaSum.of(List.of(gates), time.now());
  }

  @Test
  void nothingKnownIsNoQuota() {
    assertThat(sum()).isNull();
    assertThat(sum(gate(), gate())).isNull();
    assertThat(QuotaSum.available(List.of(gate()))).isZero();
  }

  @Test
  void whatIsKnownAddsUp() {
    assertThat(sum(gate(5000, 100, 600), gate(), gate(15_000, 20, 900)))
        .isEqualTo(new Quota("core", 20_000, 120, time.now().plusSeconds(600)));
  }

  @Test
  void theFirstWindowThatWasUsedEndsFirst() {
    RateGate used = gate(5000, 4999, 900);
    RateGate sooner = gate(5000, 7, 800);
    RateGate unused = gate(5000, 5000, 100);
    assertThat(sum(used, sooner, unused).resetAt()).isEqualTo(time.now().plusSeconds(800));
    assertThat(sum(sooner, unused, used).resetAt()).isEqualTo(time.now().plusSeconds(800));
  }

  @Test
  void whenNoWindowWasUsedTheLastToEndIsTold() {
    RateGate sooner = gate(5000, 5000, 100);
    RateGate later = gate(5000, 5000, 300);
    assertThat(sum(later, sooner).resetAt()).isEqualTo(time.now().plusSeconds(300));
    assertThat(sum(sooner, later).resetAt()).isEqualTo(time.now().plusSeconds(300));
  }

  @Test
  void aWindowThatIsOverIsWhole() {
    RateGate over = gate(5000, 3, 100);
    RateGate lasts = gate(5000, 50, 300);
    time.advance(Duration.ofSeconds(100));
    assertThat(sum(over, lasts))
        .isEqualTo(new Quota("core", 10_000, 5050, time.now().plusSeconds(200)));
  }

  @Test
  void requestsUnderWayTakeFromWhatIsLeftOfTheirOwnGate() {
    RateGate spent = gate(5000, 1, 600);
    spent.acquire(0);
    RateGate none = gate(5000, 0, 600);
    RateGate some = gate(5000, 7, 600);
    some.acquire(0);
    assertThat(QuotaSum.available(List.of(spent, none, some, gate()))).isEqualTo(6);
  }
}
