package dev.backfill.github.internal.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.quota.SharedLimit;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.github.Logged;
import dev.backfill.github.internal.throttle.LimitKind;
import dev.backfill.github.internal.throttle.Principal;
import dev.backfill.github.internal.throttle.QuotaHeaders;
import dev.backfill.github.internal.throttle.RateGate;
import dev.backfill.github.internal.throttle.RateLimitSignal;
import dev.backfill.github.internal.throttle.ThrottleLimits;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.Request;
import dev.backfill.github.internal.transport.Reserve;
import dev.backfill.testkit.Eventually;
import dev.backfill.testkit.ManualTimeSource;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("it listens to the log, which all share")
class RequestPermitTest {

  private static final Request GET = Request.get(URI.create("http://localhost/thing"), null);

  private final ManualTimeSource time = new ManualTimeSource();
  private final List<String> reported = new CopyOnWriteArrayList<>();
  private final SharedLimits store =
      new SharedLimits() {
        @Override
        public Map<String, Map<String, SharedLimit>> read(Set<String> principals) {
          return Map.of();
        }

        @Override
        public void limited(String principal, String resource, SharedLimit limit) {
          reported.add(principal + " " + resource + " " + limit.blocked().toSeconds());
        }

        @Override
        public void recovered(String principal, String resource) {
          reported.add(principal + " " + resource + " recovered");
        }
      };
  private final LimitSharing sharing = new LimitSharing(store, time, LimitSharing.thread());
  private final Principal principal =
      new Principal(time, new Random(1), new ThrottleLimits(4, 4, 900, 900));
  private final CredentialPool pool =
      new CredentialPool(List.of(new Credential("token 1", null, principal)), time, sharing);

  RequestPermitTest() {
    principal.knownAs(List.of("read"), List.of("ann"));
  }

  @AfterEach
  void close() {
    sharing.close();
  }

  private RequestPermit leave() throws InterruptedException {
    return pool.acquire(GET, Reserve.NONE, new Refusals());
  }

  private RateLimitedException limit(RequestPermit permit, LimitKind kind) {
    RateLimitedException failure =
        permit.limited(new RateLimitSignal(kind, time.now().plusSeconds(30)), null, "; why");
    permit.close();
    return failure;
  }

  private void assertNothingIsUnderWay() {
    assertThat(principal.concurrency().inUse()).isZero();
    RateGate gate = principal.gate(ApiResource.CORE);
    Quota quota = new Quota("core", 5000, 7, time.now().plusSeconds(100));
    gate.update(new QuotaHeaders(100, quota));
    assertThat(gate.available()).isEqualTo(7);
  }

  @Test
  void aRequestWithoutAnAnswerIsNoLongerUnderWay() throws Exception {
    RequestPermit permit = leave();
    assertThat(principal.concurrency().inUse()).isEqualTo(1);
    permit.close();
    permit.close();
    assertNothingIsUnderWay();
    assertThat(reported).isEmpty();
  }

  @Test
  void anAnswerEndsARequestOnceAndTellsTheQuota() throws Exception {
    Quota quota = new Quota("core", 5000, 9, time.now().plusSeconds(100));
    try (RequestPermit permit = leave()) {
      permit.answered(200, new QuotaHeaders(100, quota));
    }
    assertThat(pool.quota(ApiResource.CORE)).isEqualTo(quota);
    assertNothingIsUnderWay();
  }

  @Test
  void othersAreToldOfALimitAndOfItsEndOnce() throws Exception {
    leave().answered(200, null);
    RequestPermit one = leave();
    RequestPermit other = leave();
    RateLimitedException failure = limit(one, LimitKind.SECONDARY);
    assertThat(failure.until()).isEqualTo(time.now().plusSeconds(30));
    assertThat(failure).hasMessageEndingWith("; why");
    assertThat(reported).containsExactly("ann core 30");
    limit(other, LimitKind.SECONDARY);
    time.advance(Duration.ofSeconds(30));
    leave().answered(200, null);
    Eventually.until("the end is told", () -> reported.size() > 1);
    leave().answered(200, null);
    sharing.publish(principal, ApiResource.GRAPHQL, principal.shared(ApiResource.GRAPHQL));
    assertThat(reported).containsExactly("ann core 30", "ann core recovered", "ann graphql 0");
    assertNothingIsUnderWay();
  }

  @Test
  void requestsThatWereLimitedTogetherSlowDownOnce() throws Exception {
    RequestPermit one = leave();
    RequestPermit other = leave();
    limit(one, LimitKind.SECONDARY);
    assertThat(principal.concurrency().allowed()).isEqualTo(2);
    limit(other, LimitKind.SECONDARY);
    assertThat(principal.concurrency().allowed()).isEqualTo(2);
  }

  @Test
  void aSpentQuotaSlowsNothingDown() throws Exception {
    limit(leave(), LimitKind.PRIMARY);
    assertThat(principal.concurrency().allowed()).isEqualTo(4);
    assertThat(reported).containsExactly("ann core 30");
  }

  @Test
  void aSlowDownIsLoggedAsLongAsItChangesAnything() throws Exception {
    try (Logged log = new Logged()) {
      for (int i = 0; i < 4; i++) {
        time.advance(Duration.between(time.now(), limit(leave(), LimitKind.SECONDARY).until()));
      }
      assertThat(log.times("GitHub asks token 1 to slow down: 2 requests at once")).isEqualTo(1);
      assertThat(log.times("GitHub asks token 1 to slow down: 1 requests at once")).isEqualTo(1);
      assertThat(log.times("to slow down:")).as("from one to one is no change").isEqualTo(2);
    }
  }
}
