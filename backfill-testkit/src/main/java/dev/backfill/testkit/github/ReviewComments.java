package dev.backfill.testkit.github;

import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.history.ReviewComment.Thread;
import dev.backfill.api.history.Timestamps;
import java.time.Instant;
import java.util.stream.IntStream;

/** The comments on lines of all pull requests, in the order of creation. */
final class ReviewComments implements Rows {

  private static final String[] FOLDERS = {"src/main/java", "src/test/java", "docs", "web/app"};

  private final World world;
  private final Reviews reviews;
  private final Spread spread;

  ReviewComments(World world, Reviews reviews, double average) {
    this.world = world;
    this.reviews = reviews;
    this.spread = new Spread(world.mix(), Mix.Use.REVIEW_COMMENT, Numbering.PULL_REQUESTS, average);
  }

  @Override
  public long size() {
    return spread.before(world.pullRequests().getAsInt());
  }

  @Override
  public Instant updatedAt(long position) {
    int index = spread.owner(position);
    int n = (int) (position - spread.before(index));
    return timestamps(position, index, n).updatedAt();
  }

  int count(int index) {
    return spread.count(index);
  }

  /** How many of a pull request's comments begin a thread. */
  int threads(int index) {
    long first = spread.before(index);
    return (int)
        IntStream.range(0, spread.count(index)).filter(n -> !answers(first + n, n)).count();
  }

  ReviewComment at(long position) {
    int index = spread.owner(position);
    int n = (int) (position - spread.before(index));
    return new ReviewComment(
        world.repository().get(),
        world.ids().reviewComment(position),
        world.numbering().number(index),
        thread(position, index, n),
        People.author(world.mix(), Mix.Use.REVIEW_COMMENT, position),
        world.prose().comment(Mix.Use.REVIEW_COMMENT, position),
        timestamps(position, index, n));
  }

  private Thread thread(long position, int index, int n) {
    Mix mix = world.mix();
    int ofReviews = reviews.count(index);
    Long review =
        ofReviews == 0
            ? null
            : (Long) reviews.id(index, mix.below(ofReviews, Mix.Use.THREAD, position, 0));
    boolean answers = answers(position, n);
    long first = position - n;
    Long inReplyTo = answers ? (Long) world.ids().reviewComment(first) : null;
    long file = answers ? first : position;
    String folder = FOLDERS[mix.below(FOLDERS.length, Mix.Use.THREAD, file, 2)];
    String path = folder + "/File" + mix.below(900, Mix.Use.THREAD, file, 3) + ".java";
    return new Thread(review, inReplyTo, path);
  }

  private boolean answers(long position, int n) {
    return n > 0 && world.mix().oneIn(3, Mix.Use.THREAD, position, 1);
  }

  private Timestamps timestamps(long position, int index, int n) {
    int number = world.numbering().number(index);
    return Edits.timestamps(
        world.mix(),
        Mix.Use.REVIEW_COMMENT,
        position,
        world.within(number, n, spread.count(index)));
  }
}
