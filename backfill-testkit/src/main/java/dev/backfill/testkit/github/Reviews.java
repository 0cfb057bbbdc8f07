package dev.backfill.testkit.github;

import dev.backfill.api.history.Review;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The reviews of each pull request; the third one has 250. */
final class Reviews {

  private static final int BUSY_INDEX = 2;
  private static final int BUSY_COUNT = 250;
  private static final String[] STATES = {
    "APPROVED", "APPROVED", "APPROVED", "COMMENTED", "COMMENTED", "CHANGES_REQUESTED", "DISMISSED"
  };

  private final World world;
  private final Spread spread;
  private final boolean none;

  Reviews(World world, double average) {
    this.world = world;
    this.none = average == 0;
    this.spread = new Spread(world.mix(), Mix.Use.REVIEW, Numbering.PULL_REQUESTS, average);
  }

  long total() {
    int pullRequests = world.pullRequests().getAsInt();
    return before(pullRequests);
  }

  int count(int index) {
    if (none) {
      return 0;
    }
    return index == BUSY_INDEX ? BUSY_COUNT : spread.count(index);
  }

  long id(int index, int n) {
    return world.ids().review(before(index) + n);
  }

  List<Review> of(int index) {
    return IntStream.range(0, count(index)).mapToObj(n -> at(index, n)).toList();
  }

  Review at(int index, int n) {
    Mix mix = world.mix();
    long position = before(index) + n;
    int number = world.numbering().number(index);
    boolean pending = mix.oneIn(80, Mix.Use.REVIEW, -position, 1);
    boolean silent = mix.oneIn(2, Mix.Use.REVIEW, -position, 2);
    boolean commitLost = mix.oneIn(40, Mix.Use.REVIEW, -position, 3);
    String state = STATES[mix.below(STATES.length, Mix.Use.REVIEW, -position, 4)];
    @Nullable Instant submittedAt = pending ? null : world.within(number, n, count(index));
    return new Review(
        world.ids().review(position),
        number,
        pending ? "PENDING" : state,
        People.author(mix, Mix.Use.REVIEW, position),
        submittedAt,
        silent ? null : world.prose().comment(Mix.Use.REVIEW, position),
        commitLost ? null : mix.sha(number, 0));
  }

  private long before(int index) {
    if (none) {
      return 0;
    }
    long before = spread.before(index);
    return index > BUSY_INDEX ? before + BUSY_COUNT - spread.count(BUSY_INDEX) : before;
  }
}
