package dev.backfill.testkit.github;

import dev.backfill.api.history.Review;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The reviews of each pull request; the third pull request has 250. */
final class Reviews {

  private static final int BUSY_INDEX = 2;
  private static final int BUSY_COUNT = 250;
  private static final String[] STATES = {
    "APPROVED", "APPROVED", "APPROVED", "COMMENTED", "COMMENTED", "CHANGES_REQUESTED", "DISMISSED"
  };

  /** A review that a test has added. */
  private record Added(long position, Instant at) {}

  private static final long FIRST_ADDED = 60_000_000;

  private final World world;
  private final Distribution distribution;
  private final boolean none;
  private final Deletions deletions;
  private final Map<Integer, List<Added>> added = new ConcurrentHashMap<>();
  private final Map<Integer, Set<Integer>> removed = new ConcurrentHashMap<>();
  private final AtomicInteger removedCount = new AtomicInteger();
  private final AtomicInteger addedCount = new AtomicInteger();

  Reviews(World world, Deletions deletions, double average) {
    this.deletions = deletions;
    this.world = world;
    this.none = average == 0;
    this.distribution =
        new Distribution(world.random(), SeededRandom.Use.REVIEW, Numbering.PULL_REQUESTS, average);
  }

  long total() {
    int pullRequests = world.pullRequests().getAsInt();
    long deleted =
        deletions.numbers().stream()
            .mapToLong(number -> count(world.numbering().index(number)))
            .sum();
    return before(pullRequests) + addedCount.get() - deleted - removedCount.get();
  }

  int count(int index) {
    return everCount(index) - removed.getOrDefault(index, Set.of()).size();
  }

  /** Returns the number of reviews, including deleted ones. */
  private int everCount(int index) {
    return derivedCount(index) + added.getOrDefault(index, List.of()).size();
  }

  /** Deletes a review. */
  void delete(int index, int n) {
    int which = among(index, n);
    removed.computeIfAbsent(index, key -> ConcurrentHashMap.newKeySet()).add(which);
    removedCount.incrementAndGet();
  }

  /** Returns the index of the n-th current review among all reviews, including deleted ones. */
  private int among(int index, int n) {
    Set<Integer> gone = removed.getOrDefault(index, Set.of());
    return gone.isEmpty()
        ? n
        : IntStream.range(0, everCount(index))
            .filter(each -> !gone.contains(each))
            .skip(n)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("there is no review " + n));
  }

  /** Adds a review now. */
  void add(int index, Instant now) {
    long position = FIRST_ADDED + addedCount.getAndIncrement();
    Added one = new Added(position, now.truncatedTo(ChronoUnit.SECONDS));
    added.computeIfAbsent(index, key -> new CopyOnWriteArrayList<>()).add(one);
  }

  /** Returns the number of reviews without added ones. */
  int derivedCount(int index) {
    if (none) {
      return 0;
    }
    return index == BUSY_INDEX ? BUSY_COUNT : distribution.count(index);
  }

  long id(int index, int n) {
    return world.ids().review(position(index, n));
  }

  List<Review> of(int index) {
    return IntStream.range(0, count(index)).mapToObj(n -> at(index, n)).toList();
  }

  /** Returns a review; one without a text has an empty text, as on GitHub. */
  Review at(int index, int shown) {
    int n = among(index, shown);
    SeededRandom random = world.random();
    int derived = derivedCount(index);
    long position = position(index, n);
    int number = world.numbering().number(index);
    boolean pending = n < derived && random.oneIn(80, SeededRandom.Use.REVIEW, -position, 1);
    boolean silent = random.oneIn(2, SeededRandom.Use.REVIEW, -position, 2);
    boolean commitLost = random.oneIn(40, SeededRandom.Use.REVIEW, -position, 3);
    String state = STATES[random.below(STATES.length, SeededRandom.Use.REVIEW, -position, 4)];
    Instant submitted =
        n < derived
            ? world.within(number, n, derived)
            : added.getOrDefault(index, List.of()).get(n - derived).at();
    @Nullable Instant submittedAt = pending ? null : submitted;
    return new Review(
        world.ids().review(position),
        number,
        pending ? "PENDING" : state,
        Accounts.author(random, SeededRandom.Use.REVIEW, position),
        submittedAt,
        silent ? "" : world.prose().comment(SeededRandom.Use.REVIEW, position),
        commitLost ? null : random.sha(number, 0));
  }

  private long position(int index, int n) {
    int derived = derivedCount(index);
    return n < derived
        ? before(index) + n
        : added.getOrDefault(index, List.of()).get(n - derived).position();
  }

  private long before(int index) {
    if (none) {
      return 0;
    }
    long before = distribution.before(index);
    return index > BUSY_INDEX ? before + BUSY_COUNT - distribution.count(BUSY_INDEX) : before;
  }
}
