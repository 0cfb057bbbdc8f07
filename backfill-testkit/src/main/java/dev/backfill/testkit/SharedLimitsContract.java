package dev.backfill.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.quota.SharedLimit;
import dev.backfill.api.quota.SharedLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The contract of {@link SharedLimits}, as JUnit tests. A subclass provides a new store for each
 * test and a way to change the age of stored limits; JUnit then runs all tests.
 */
public abstract class SharedLimitsContract {

  private static final Duration WAIT = Duration.ofMinutes(10);
  private static final Duration MOMENTS = Duration.ofMinutes(2);

  private SharedLimits limits;

  /** For subclasses. */
  protected SharedLimitsContract() {}

  /**
   * Opens an empty store.
   *
   * @return the store
   * @throws Exception if it cannot be opened
   */
  protected abstract SharedLimits limits() throws Exception;

  /**
   * Changes the age of all stored limits, by the clock that the store compares them with. The
   * moments until which they hold may move or stay.
   *
   * @param age the new age; negative if the clock was set back since
   * @throws Exception if the age cannot be changed
   */
  protected abstract void moveStored(Duration age) throws Exception;

  /** Opens the store. */
  @BeforeEach
  public void openLimits() throws Exception {
    limits = limits();
  }

  private static SharedLimit limit(Duration wait, int refusals, @Nullable Integer points) {
    return new SharedLimit(wait, "secondary rate limit", refusals, points, Duration.ZERO);
  }

  private SharedLimit read(String principal, String resource) {
    return stored(limits.read(Set.of(principal)), principal, resource);
  }

  private static SharedLimit stored(
      Map<String, Map<String, SharedLimit>> found, String principal, String resource) {
    return Objects.requireNonNull(Objects.requireNonNull(found.get(principal)).get(resource));
  }

  /** The store returns no limit before a client reports one. */
  @Test
  public void nothingIsLimitedAtFirst() {
    assertThat(limits.read(Set.of())).isEmpty();
    assertThat(limits.read(Set.of("one", "two"))).isEmpty();
    limits.recovered("one", "core");
    assertThat(limits.read(Set.of("one"))).isEmpty();
  }

  /** The store returns a limit for its principal and its resource only. */
  @Test
  public void aLimitHoldsForItsPrincipalAndItsResource() {
    limits.limited("one", "core", new SharedLimit(WAIT, "a reason", 3, 450, WAIT.dividedBy(2)));
    limits.limited("two", "graphql", limit(WAIT, 1, null));

    Map<String, Map<String, SharedLimit>> found = limits.read(Set.of("one", "two", "three"));
    assertThat(found).containsOnlyKeys("one", "two");
    assertThat(found.get("one")).containsOnlyKeys("core");
    assertThat(found.get("two")).containsOnlyKeys("graphql");
    SharedLimit stored = stored(found, "one", "core");
    assertThat(stored.age()).isBetween(Duration.ZERO, MOMENTS);
    assertThat(stored.blocked()).isBetween(WAIT.minus(MOMENTS), WAIT);
    assertThat(stored.oneByOne()).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
    assertThat(stored.reason()).isEqualTo("a reason");
    assertThat(stored.refusals()).isEqualTo(3);
    assertThat(stored.pointsPerMinute()).isEqualTo(450);
    assertThat(limits.read(Set.of("two"))).containsOnlyKeys("two");
  }

  /**
   * The store keeps a longer wait, more refusals and known points if a client reports a shorter
   * wait.
   */
  @Test
  public void aShorterWaitDoesNotEndALongerOne() {
    limits.limited("one", "core", limit(WAIT, 3, 450));
    limits.limited("one", "core", limit(Duration.ofSeconds(1), 1, null));

    SharedLimit now = read("one", "core");
    assertThat(now.blocked()).isBetween(WAIT.minus(MOMENTS), WAIT);
    assertThat(now.refusals()).isEqualTo(3);
    assertThat(now.pointsPerMinute()).isEqualTo(450);

    limits.limited("one", "core", limit(WAIT.multipliedBy(2), 4, 300));
    SharedLimit later = read("one", "core");
    assertThat(later.blocked()).isGreaterThan(WAIT);
    assertThat(later.refusals()).isEqualTo(4);
    assertThat(later.pointsPerMinute()).isEqualTo(300);
  }

  /**
   * The store resets the refusals of a principal and a resource when a client reports an answer.
   */
  @Test
  public void anAnswerEndsTheRowOfRefusals() {
    limits.limited("one", "core", limit(WAIT, 3, 450));
    limits.limited("one", "graphql", limit(WAIT, 2, null));
    limits.recovered("one", "core");

    assertThat(read("one", "core").refusals()).isZero();
    assertThat(read("one", "core").pointsPerMinute()).isEqualTo(450);
    assertThat(read("one", "core").blocked()).isPositive();
    assertThat(read("one", "graphql").refusals()).isEqualTo(2);
  }

  /** The store shortens every wait to two hours. */
  @Test
  public void noWaitIsLongerThanTwoHours() {
    limits.limited(
        "one",
        "core",
        new SharedLimit(Duration.ofDays(400), "a reason", 1, null, Duration.ofDays(400)));

    assertThat(read("one", "core").blocked())
        .isBetween(SharedLimits.MAX.minus(MOMENTS), SharedLimits.MAX);
    assertThat(read("one", "core").oneByOne()).isLessThanOrEqualTo(SharedLimits.MAX);
  }

  /** The store ignores a limit that is older than two hours. */
  @Test
  public void whatIsOlderThanTwoHoursDoesNotCount() throws Exception {
    limits.limited("one", "core", limit(WAIT, 3, 450));
    moveStored(SharedLimits.MAX.plus(MOMENTS));
    assertThat(limits.read(Set.of("one"))).isEmpty();

    limits.limited("one", "core", limit(Duration.ofSeconds(30), 1, null));
    SharedLimit now = read("one", "core");
    assertThat(now.blocked()).isLessThanOrEqualTo(Duration.ofSeconds(30));
    assertThat(now.refusals()).isEqualTo(1);
    assertThat(now.pointsPerMinute()).isNull();
  }

  /** The store ignores a limit from the future, which was stored before its clock was set back. */
  @Test
  public void whatIsFromTheFutureDoesNotCount() throws Exception {
    limits.limited("one", "core", limit(WAIT, 3, 450));
    moveStored(Duration.ofHours(-6));
    assertThat(limits.read(Set.of("one"))).isEmpty();
  }

  /** The store keeps the longest wait and the most refusals if eight clients report at once. */
  @Test
  public void eightThatAreLimitedAtOnceLoseNothing() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 1; i <= 8; i++) {
        SharedLimit own = limit(WAIT.multipliedBy(i), i, 100 * i);
        all.add(threads.submit(() -> limits.limited("one", "core", own)));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(read("one", "core").blocked()).isGreaterThan(WAIT.multipliedBy(7));
    assertThat(read("one", "core").refusals()).isEqualTo(8);
  }
}
