package dev.backfill.github.internal.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.quota.SharedLimit;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.github.Logged;
import dev.backfill.github.internal.throttle.Principal;
import dev.backfill.github.internal.throttle.ThrottleLimits;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.testkit.Eventually;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** When the host's store is asked and told, and what becomes of its failures. */
@Isolated("it listens to the log, which all share")
@Timeout(60)
class LimitSharingTest {

  private static final SharedLimit LIMIT =
      new SharedLimit(Duration.ofSeconds(120), "secondary rate limit", 1, null, Duration.ZERO);

  private final ManualTimeSource time = new ManualTimeSource();
  private final Store store = new Store();
  private final LimitSharing sharing = new LimitSharing(store, time, LimitSharing.thread());
  private final Principal ann = principal();
  private final CredentialPool pool =
      new CredentialPool(List.of(new Credential("token 1", null, ann)), time, sharing);

  LimitSharingTest() {
    time.advance(Duration.ofHours(1));
    ann.knownAs(List.of("ann"), List.of("ann", "token"));
  }

  @AfterEach
  void close() {
    store.trouble = () -> {};
    sharing.close();
  }

  private Principal principal() {
    return new Principal(time, new Random(1), new ThrottleLimits(4, 4, 900, 900));
  }

  /** Remembers its calls, and fails or blocks as a test wants. */
  private static final class Store implements SharedLimits {

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile Runnable trouble = () -> {};
    private volatile Map<String, Map<String, SharedLimit>> stored = Map.of();

    @Override
    public Map<String, Map<String, SharedLimit>> read(Set<String> principals) {
      calls.add("read " + new TreeSet<>(principals));
      trouble.run();
      return stored;
    }

    @Override
    public void limited(String principal, String resource, SharedLimit limit) {
      trouble.run();
      calls.add("limited " + principal + " " + resource);
    }

    @Override
    public void recovered(String principal, String resource) {
      trouble.run();
      calls.add("recovered " + principal + " " + resource);
    }
  }

  private void fail() {
    throw new IllegalStateException("no such table");
  }

  private int reads() {
    return store.calls.size();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("a call of the store was interrupted", e);
    }
  }

  private Thread start(FutureTask<?> task) {
    Thread thread = new Thread(task, "another request");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private FutureTask<Object> refreshing() {
    return new FutureTask<>(
        () -> {
          sharing.refresh(pool, true);
          return null;
        });
  }

  @Test
  void whatOthersHaveMetIsTakenOver() throws Exception {
    store.stored = Map.of("ann", Map.of("core", LIMIT));
    sharing.refresh(pool, false);
    assertThat(store.calls).containsExactly("read [ann]");
    assertThat(ann.gate(ApiResource.CORE).isOpen(0)).isFalse();
    assertThat(ann.gate(ApiResource.GRAPHQL).isOpen(0)).isTrue();
  }

  @Test
  void aPrincipalWithoutACredentialTakesPart() throws Exception {
    Principal app = principal();
    app.knownAs(List.of("app"), List.of());
    sharing.add(app);
    store.stored = Map.of("app", Map.of("core", LIMIT));
    sharing.refresh(pool, false);
    assertThat(store.calls).containsExactly("read [ann, app]");
    assertThat(app.gate(ApiResource.CORE).isOpen(0)).isFalse();
  }

  @Test
  void whatWasReadCountsForASecond() throws Exception {
    sharing.refresh(pool, false);
    time.advance(LimitSharing.FRESH.minusNanos(1));
    sharing.refresh(pool, false);
    assertThat(reads()).isEqualTo(1);
    time.advance(Duration.ofNanos(1));
    sharing.refresh(pool, false);
    assertThat(reads()).isEqualTo(2);
    sharing.refresh(pool, true);
    assertThat(reads()).as("always").isEqualTo(3);
  }

  @Test
  void aNewKeyIsReadAtOnce() throws Exception {
    sharing.refresh(pool, false);
    ann.knownAs(List.of("user"), List.of());
    sharing.refresh(pool, false);
    assertThat(store.calls).containsExactly("read [ann]", "read [ann, user]");
  }

  @Test
  void whoHasNoKeySharesNothing() throws Exception {
    Principal anonymous = principal();
    CredentialPool unnamed =
        new CredentialPool(List.of(new Credential("none", null, anonymous)), time, sharing);
    sharing.refresh(unnamed, true);
    sharing.publish(anonymous, ApiResource.CORE, LIMIT);
    sharing.publish(ann, ApiResource.CORE, LIMIT);
    assertThat(store.calls).containsExactly("limited ann core", "limited token core");
  }

  @Test
  void withoutAStoreNothingIsShared() throws Exception {
    try (LimitSharing none = new LimitSharing(null, time, LimitSharing.thread())) {
      none.refresh(pool, true);
      none.publish(ann, ApiResource.CORE, LIMIT);
      none.recovered(ann, ApiResource.CORE);
    }
    assertThat(ann.gate(ApiResource.CORE).isOpen(0)).isTrue();
  }

  @Test
  void aLimitIsStoredUnderEveryKeyBeforeTheCallReturns() {
    sharing.publish(ann, ApiResource.GRAPHQL, LIMIT);
    assertThat(store.calls).containsExactly("limited ann graphql", "limited token graphql");
  }

  @Test
  void anInterruptLosesNoLimit() throws Exception {
    Thread.currentThread().interrupt();
    sharing.publish(ann, ApiResource.CORE, LIMIT);
    assertThat(Thread.interrupted()).isTrue();
    Eventually.until("it is stored all the same", () -> store.calls.size() == 2);
  }

  @Test
  void anAnswerAfterRefusalsWaitsForNoStore() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    store.trouble = () -> await(go);
    sharing.recovered(ann, ApiResource.CORE);
    assertThat(store.calls).isEmpty();
    go.countDown();
    Eventually.until("both keys are told", () -> store.calls.size() == 2);
    assertThat(store.calls).containsExactly("recovered ann core", "recovered token core");
  }

  @Test
  void aStoreThatFailsIsLeftAloneForHalfAMinute() throws Exception {
    store.trouble = this::fail;
    sharing.refresh(pool, true);
    assertThat(reads()).isEqualTo(1);
    store.trouble = () -> {};
    time.advance(LimitSharing.PAUSE.minusNanos(1));
    sharing.refresh(pool, true);
    sharing.publish(ann, ApiResource.CORE, LIMIT);
    sharing.recovered(ann, ApiResource.CORE);
    assertThat(reads()).isEqualTo(1);
    time.advance(Duration.ofNanos(1));
    sharing.publish(ann, ApiResource.CORE, LIMIT);
    assertThat(store.calls)
        .as("nothing waited meanwhile")
        .containsExactly("read [ann]", "limited ann core", "limited token core");
    sharing.refresh(pool, true);
    assertThat(reads()).isEqualTo(4);
  }

  @Test
  void failuresInARowAreLoggedOnce() throws Exception {
    try (Logged log = new Logged()) {
      store.trouble = this::fail;
      for (int i = 0; i < 3; i++) {
        sharing.refresh(pool, true);
        time.advance(LimitSharing.PAUSE);
      }
      assertThat(reads()).isEqualTo(3);
      assertThat(log.times("not shared with other processes for 30 s")).isEqualTo(1);
      assertThat(log.times("no such table")).isEqualTo(1);
      store.trouble = () -> {};
      sharing.refresh(pool, true);
      store.trouble = this::fail;
      sharing.refresh(pool, true);
      assertThat(log.times("no such table")).as("after it had worked again").isEqualTo(2);
    }
  }

  @Test
  void aStoreThatDoesNotAnswerIsLeftAlone() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    store.trouble = () -> await(go);
    sharing.refresh(pool, true);
    sharing.refresh(pool, true);
    store.trouble = () -> {};
    go.countDown();
    Eventually.until(
        "limits are shared again",
        () -> {
          sharing.refresh(pool, true);
          return reads() > 1;
        });
    assertThat(reads()).as("nothing waited for the store").isEqualTo(2);
  }

  @Test
  void whoWaitedWhileAnotherReadHasWhatThatOneRead() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch requested = new CountDownLatch(1);
    store.trouble =
        () -> {
          requested.countDown();
          await(go);
        };
    FutureTask<Object> first = refreshing();
    start(first);
    requested.await();
    FutureTask<Object> second = refreshing();
    Thread waiting = start(second);
    Eventually.until("it waits", () -> waiting.getState() == Thread.State.WAITING);
    time.advance(Duration.ofNanos(1));
    go.countDown();
    first.get(30, TimeUnit.SECONDS);
    second.get(30, TimeUnit.SECONDS);
    assertThat(reads()).isEqualTo(1);
  }

  @Test
  void whoWaitedWhileAReadFailedDoesNotTryAgain() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch requested = new CountDownLatch(1);
    store.trouble =
        () -> {
          requested.countDown();
          await(go);
          fail();
        };
    FutureTask<Object> first = refreshing();
    start(first);
    requested.await();
    FutureTask<Object> second = refreshing();
    Thread waiting = start(second);
    Eventually.until("it waits", () -> waiting.getState() == Thread.State.WAITING);
    go.countDown();
    first.get(30, TimeUnit.SECONDS);
    second.get(30, TimeUnit.SECONDS);
    assertThat(reads()).isEqualTo(1);
  }

  @Test
  void onceClosedTheStoreIsNotAskedAnyMore() throws Exception {
    List<String> before = new ArrayList<>(store.calls);
    sharing.close();
    sharing.refresh(pool, true);
    sharing.publish(ann, ApiResource.CORE, LIMIT);
    sharing.recovered(ann, ApiResource.CORE);
    assertThat(store.calls).isEqualTo(before);
  }

  @Test
  void aFailureAfterTheEndIsNotLogged() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch requested = new CountDownLatch(1);
    store.trouble =
        () -> {
          requested.countDown();
          await(go);
          fail();
        };
    try (Logged log = new Logged()) {
      FutureTask<Object> last = refreshing();
      start(last);
      requested.await();
      sharing.close();
      go.countDown();
      last.get(30, TimeUnit.SECONDS);
      assertThat(log.text()).isEmpty();
    }
  }
}
