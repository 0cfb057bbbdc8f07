package dev.backfill.github.internal.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.quota.Quota;
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
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Which credential a request leaves with, without any request. */
@Isolated("it listens to the log, which all share")
class CredentialPoolTest {

  private static final URI THING = URI.create("http://localhost/thing");
  private static final Request GET = Request.get(THING, null);
  private static final Request QUERY = Request.query(THING, new byte[0]);

  private final ManualTimeSource time = new ManualTimeSource();
  private final Instant start = time.now();
  private final Credential a = credential("a", principal(4));
  private final Credential b = credential("b", principal(4));
  private final CredentialPool both = pool(a, b);
  private final CredentialPool single = pool(a);

  private Principal principal(int atOnce) {
    return new Principal(
        time,
        new Random(1),
        new ThrottleLimits(atOnce, atOnce, ThrottleLimits.UNLIMITED, ThrottleLimits.UNLIMITED));
  }

  private static Credential credential(String label, Principal principal) {
    return new Credential(label, null, principal);
  }

  private CredentialPool pool(Credential... credentials) {
    return new CredentialPool(
        List.of(credentials), time, new LimitSharing(null, time, LimitSharing.thread()));
  }

  private void known(Credential credential, long limit, long remaining, long seconds) {
    Quota quota = new Quota("core", limit, remaining, time.now().plusSeconds(seconds));
    gate(credential).update(new QuotaHeaders(quota.resetAt().getEpochSecond(), quota));
  }

  private static RateGate gate(Credential credential) {
    return credential.principal().gate(ApiResource.CORE);
  }

  private void limit(Credential credential, int seconds) {
    RateLimitSignal signal =
        new RateLimitSignal(LimitKind.SECONDARY, time.now().plusSeconds(seconds));
    gate(credential).limited(gate(credential).acquire(0), signal, null, "");
  }

  private static RequestPermit leave(CredentialPool pool, Request request, long reserve)
      throws InterruptedException {
    return pool.acquire(request, new Reserve(reserve, 0), new Refusals());
  }

  private static Credential chosen(CredentialPool pool, Request request)
      throws InterruptedException {
    try (RequestPermit permit = leave(pool, request, 0)) {
      return permit.credential();
    }
  }

  private static RateLimitedException refusal(CredentialPool pool, long reserve) {
    RateLimitedException refusal =
        catchThrowableOfType(RateLimitedException.class, () -> leave(pool, GET, reserve));
    assertThat(refusal).isNotNull();
    return refusal;
  }

  private static <T> FutureTask<T> begin(Callable<T> request) {
    FutureTask<T> task = new FutureTask<>(request);
    Thread thread = new Thread(task, "another request");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static <T> T elsewhere(Callable<T> request) throws Exception {
    return begin(request).get(30, TimeUnit.SECONDS);
  }

  @Test
  void theMostLeftIsChosenAndThenWhatHasLessToDo() throws Exception {
    known(a, 5000, 100, 600);
    known(b, 5000, 101, 600);
    RequestPermit first = leave(both, GET, 0);
    assertThat(first.credential()).isSameAs(b);
    assertThat(first.principal()).isSameAs(b.principal());
    known(b, 5000, 101, 600);
    assertThat(leave(both, GET, 0).credential()).as("as much is left, and less to do").isSameAs(a);
  }

  @Test
  void amongEqualsTheWorkIsShared() throws Exception {
    assertThat(chosen(both, GET)).isSameAs(a);
    assertThat(chosen(both, GET)).as("the one that has sent less").isSameAs(b);
    assertThat(chosen(both, GET)).isSameAs(a);
    RequestPermit underWay = leave(both, GET, 0);
    assertThat(underWay.credential()).isSameAs(b);
    chosen(single, GET);
    assertThat(leave(both, GET, 0).credential()).as("more sent, nothing to do").isSameAs(a);
  }

  @Test
  void aRequestGoesOutOnceMoreWithItsOwnCredential() throws Exception {
    known(a, 5000, 100, 600);
    known(b, 5000, 50, 600);
    Refusals refusals = new Refusals();
    refusals.repeat(b);
    assertThat(both.acquire(GET, Reserve.NONE, refusals).credential()).isSameAs(b);
    refusals = new Refusals();
    Credential third = credential("c", b.principal());
    refusals.repeat(third);
    assertThat(both.acquire(GET, Reserve.NONE, refusals).credential())
        .as("it cannot be used")
        .isSameAs(a);
  }

  @Test
  void theReserveOfOnePrincipalIsItsGates() {
    known(a, 5000, 5, 600);
    assertThat(single.isOpen(ApiResource.CORE, new Reserve(4, 0))).isTrue();
    assertThat(single.isOpen(ApiResource.CORE, new Reserve(5, 0))).isFalse();
    assertThat(refusal(single, 5)).hasMessageContaining("5 of GitHub's 5000 requests are left");
  }

  @Test
  void theReserveOfSeveralIsKeptOfTheirSum() throws Exception {
    known(a, 5000, 3, 600);
    known(b, 5000, 4, 300);
    assertThat(both.isOpen(ApiResource.CORE, new Reserve(6, 0))).isTrue();
    assertThat(both.isOpen(ApiResource.CORE, new Reserve(7, 0))).isFalse();
    RateLimitedException refusal = refusal(both, 7);
    assertThat(refusal).matches(RateLimitedException::isReserve);
    assertThat(refusal.until()).isEqualTo(start.plusSeconds(300));
    assertThat(refusal)
        .hasMessageContaining("7 of GitHub's requests are left for all 2 credentials and 7 of");
    assertThat(leave(both, GET, 6).credential()).as("no one's own reserve").isSameAs(b);
  }

  @Test
  void whoseQuotaNobodyKnowsIsAskedFirst() throws Exception {
    known(a, 5000, 5000, 600);
    assertThat(chosen(both, GET)).isSameAs(b);
    assertThat(leave(both, GET, 1_000_000).credential()).isSameAs(b);
  }

  @Test
  void ofANewWindowOneRequestFindsOutWhateverTheReserve() throws Exception {
    known(a, 5000, 3, 100);
    known(b, 15_000, 9000, 3000);
    assertThat(both.isOpen(ApiResource.CORE, new Reserve(20_000, 0))).isFalse();
    time.advance(Duration.ofSeconds(100));
    assertThat(leave(both, GET, 20_000).credential()).isSameAs(a);
    assertThat(refusal(both, 20_000).until()).as("b's window").isEqualTo(start.plusSeconds(3000));
    time.advance(Duration.ofSeconds(2900));
    assertThat(leave(both, GET, 20_000).credential()).isSameAs(b);
    assertThat(refusal(both, 20_000).until()).isEqualTo(time.now().plusSeconds(1));
  }

  @Test
  void whenAllAreClosedTheFirstToOpenIsTold() {
    limit(a, 20);
    assertThat(both.isOpen(ApiResource.CORE, Reserve.NONE)).isTrue();
    limit(b, 10);
    assertThat(refusal(both, 0).until()).isEqualTo(start.plusSeconds(10));
    assertThat(refusal(pool(b, a), 0).until()).isEqualTo(start.plusSeconds(10));
    assertThat(both.isOpen(ApiResource.CORE, Reserve.NONE)).isFalse();
  }

  @Test
  void aClosedOneIsLeftOut() throws Exception {
    known(a, 5000, 4000, 600);
    known(b, 5000, 40, 600);
    limit(a, 20);
    assertThat(chosen(both, GET)).isSameAs(b);
  }

  @Test
  void whatRefusedThisRequestIsNotTriedAgain() throws Exception {
    Refusals refusals = new Refusals();
    IllegalStateException failure = new IllegalStateException("refused");
    refusals.add(a, failure);
    assertThat(both.acquire(GET, Reserve.NONE, refusals).credential()).isSameAs(b);
    refusals.add(b, failure);
    assertThat(
            catchThrowableOfType(Exception.class, () -> both.acquire(GET, Reserve.NONE, refusals)))
        .isSameAs(failure);
  }

  @Test
  void oneQuotaIsAsItWasSaidAndSeveralAddUp() {
    known(a, 5000, 100, 600);
    time.advance(Duration.ofSeconds(700));
    known(b, 5000, 50, 600);
    Quota stated = new Quota("core", 5000, 100, start.plusSeconds(600));
    assertThat(single.quota(ApiResource.CORE)).isEqualTo(stated);
    assertThat(pool(a, credential("same", a.principal())).quota(ApiResource.CORE))
        .as("two credentials of one principal")
        .isEqualTo(stated);
    assertThat(both.quota(ApiResource.CORE))
        .isEqualTo(new Quota("core", 10_000, 5050, start.plusSeconds(1300)));
    assertThat(both.quota(ApiResource.GRAPHQL)).isNull();
  }

  @Test
  void everybodyIsEachPrincipalOnce() {
    CredentialPool pool = pool(a, credential("same", a.principal()), b);
    pool.quarantine(b, new IllegalStateException("refused"));
    assertThat(pool.allPrincipals()).containsExactly(a.principal(), b.principal());
    assertThat(pool.credentials()).hasSize(3).contains(a, b);
  }

  @Test
  void aRefusedCredentialIsLeftOutForAnHour() throws Exception {
    known(a, 5000, 4000, 7200);
    known(b, 5000, 40, 7200);
    both.quarantine(a, new IllegalStateException("refused"));
    assertThat(chosen(both, GET)).isSameAs(b);
    assertThat(both.quota(ApiResource.CORE)).extracting(Quota::remaining).isEqualTo(40L);
    time.advance(CredentialPool.REFUSED.minusNanos(1));
    assertThat(chosen(both, GET)).isSameAs(b);
    time.advance(Duration.ofNanos(1));
    assertThat(chosen(both, GET)).isSameAs(a);
  }

  @Test
  void whenAllAreRefusedALaterRunMayTryThemAll() throws Exception {
    both.quarantine(a, new IllegalStateException("refused"));
    both.quarantine(b, new IllegalStateException("refused"));
    assertThat(both.allPrincipals()).hasSize(2);
    assertThat(chosen(both, GET)).isSameAs(a);
    assertThat(chosen(both, GET)).isSameAs(b);
  }

  @Test
  void aRefusalIsToldOnceAndOnlyWhereOthersGoOn() {
    try (Logged log = new Logged()) {
      single.quarantine(a, new IllegalStateException("refused"));
      assertThat(log.text()).isEmpty();
      both.quarantine(b, new IllegalStateException("refused"));
      assertThat(log.times("b is not used any more")).isEqualTo(1);
      both.quarantine(b, new IllegalStateException("refused"));
      assertThat(log.times("b is not used any more")).isEqualTo(1);
    }
  }

  @Test
  void aCredentialThatQueriesRefuseIsKeptForRest() throws Exception {
    both.quarantineForQueries(a);
    assertThat(chosen(both, QUERY)).isSameAs(b);
    assertThat(chosen(both, QUERY)).isSameAs(b);
    assertThat(chosen(both, GET)).isSameAs(a);
    time.advance(CredentialPool.REFUSED);
    assertThat(chosen(both, QUERY)).isSameAs(a);
  }

  @Test
  void whenNoOtherIsLeftQueriesLeaveWithARefusedOne() throws Exception {
    single.quarantineForQueries(a);
    assertThat(chosen(single, QUERY)).isSameAs(a);
    both.quarantine(b, new IllegalStateException("refused"));
    assertThat(chosen(both, QUERY)).as("the other is refused by all").isSameAs(a);
  }

  @Test
  void aRequestWaitsForALaneAndLeavesOnceOneIsFree() throws Exception {
    Credential narrow = credential("narrow", principal(1));
    CredentialPool pool = pool(narrow);
    RequestPermit first = leave(pool, GET, 0);
    FutureTask<RequestPermit> second = new FutureTask<>(() -> leave(pool, GET, 0));
    Thread thread = new Thread(second, "a request that waits");
    thread.setDaemon(true);
    thread.start();
    Eventually.until("it waits", () -> thread.getState() == Thread.State.WAITING);
    assertThat(second).isNotDone();
    first.close();
    assertThat(second.get(30, TimeUnit.SECONDS).credential()).isSameAs(narrow);
    assertThat(narrow.principal().concurrency().inUse()).isEqualTo(1);
  }

  @Test
  void noRequestHoldsThePoolForItself() throws Exception {
    elsewhere(() -> both.quota(ApiResource.CORE));
    elsewhere(() -> both.isOpen(ApiResource.CORE, Reserve.NONE));
    elsewhere(() -> leave(both, GET, 0));
    elsewhere(() -> both.change(pool -> 1));
    assertThat(elsewhere(() -> both.isOpen(ApiResource.CORE, Reserve.NONE))).isTrue();
  }
}
