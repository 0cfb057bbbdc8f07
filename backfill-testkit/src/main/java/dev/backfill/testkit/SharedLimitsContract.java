package dev.backfill.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.quota.SharedLimit;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.quota.SharedLimits.Stored;
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
 * The contract of {@link SharedLimits}, as JUnit tests. Extend it, name a new store for each test
 * and a way to change the age of what is stored, and JUnit runs it.
 */
public abstract class SharedLimitsContract {

  private static final Duration WAIT = Duration.ofMinutes(10);
  private static final Duration MOMENTS = Duration.ofMinutes(2);

  private SharedLimits limits;

  /** Only for subclasses. */
  protected SharedLimitsContract() {}

  /**
   * Opens an empty store.
   *
   * @return the store
   * @throws Exception when that fails
   */
  protected abstract SharedLimits limits() throws Exception;

  /**
   * Lets what is stored have another age by the clock that decides; moments until which a limit
   * holds may move or stay.
   *
   * @param age how long ago it was stored; negative where the clock was set back since
   * @throws Exception when that fails
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
    return stored(limits.read(Set.of(principal)), principal, resource).limit();
  }

  private static Stored stored(
      Map<String, Map<String, Stored>> found, String principal, String resource) {
    return Objects.requireNonNull(Objects.requireNonNull(found.get(principal)).get(resource));
  }

  /** Nothing is limited at first. */
  @Test
  public void nothingIsLimitedAtFirst() {
    assertThat(limits.read(Set.of())).isEmpty();
    assertThat(limits.read(Set.of("one", "two"))).isEmpty();
    limits.recovered("one", "core");
    assertThat(limits.read(Set.of("one"))).isEmpty();
  }

  /** A limit holds for its principal and its resource. */
  @Test
  public void aLimitHoldsForItsPrincipalAndItsResource() {
    limits.limited("one", "core", new SharedLimit(WAIT, "a reason", 3, 450, WAIT.dividedBy(2)));
    limits.limited("two", "graphql", limit(WAIT, 1, null));

    Map<String, Map<String, Stored>> found = limits.read(Set.of("one", "two", "three"));
    assertThat(found).containsOnlyKeys("one", "two");
    assertThat(found.get("one")).containsOnlyKeys("core");
    assertThat(found.get("two")).containsOnlyKeys("graphql");
    Stored stored = stored(found, "one", "core");
    assertThat(stored.age()).isBetween(Duration.ZERO, MOMENTS);
    assertThat(stored.limit().blocked()).isBetween(WAIT.minus(MOMENTS), WAIT);
    assertThat(stored.limit().oneByOne()).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
    assertThat(stored.limit().reason()).isEqualTo("a reason");
    assertThat(stored.limit().refusals()).isEqualTo(3);
    assertThat(stored.limit().pointsPerMinute()).isEqualTo(450);
    assertThat(limits.read(Set.of("two"))).containsOnlyKeys("two");
  }

  /** A shorter wait does not end a longer one, and what was learned stays known. */
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

  /** An answer ends the row of refusals, and nothing else. */
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

  /** No wait is longer than two hours. */
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

  /** What was stored more than two hours ago does not count, whatever it says. */
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

  /** What was stored before the clock was set back does not count. */
  @Test
  public void whatIsFromTheFutureDoesNotCount() throws Exception {
    limits.limited("one", "core", limit(WAIT, 3, 450));
    moveStored(Duration.ofHours(-6));
    assertThat(limits.read(Set.of("one"))).isEmpty();
  }

  /** Processes that are limited at once lose nothing. */
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
