package dev.backfill.testkit.github;

import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.history.ReviewComment.Thread;
import dev.backfill.api.history.Timestamps;
import java.util.stream.IntStream;

/** The comments on lines of all pull requests, in the order of creation. */
final class ReviewComments extends CommentRows {

  private static final String[] FOLDERS = {"src/main/java", "src/test/java", "docs", "web/app"};

  private final World world;
  private final Reviews reviews;
  private final Spread spread;

  ReviewComments(World world, Deletions deletions, Reviews reviews, double average) {
    super(deletions);
    this.world = world;
    this.reviews = reviews;
    this.spread = new Spread(world.mix(), Mix.Use.REVIEW_COMMENT, Numbering.PULL_REQUESTS, average);
  }

  @Override
  long derivedSize() {
    return spread.before(world.pullRequests().getAsInt());
  }

  @Override
  int derivedNumber(long derived) {
    return world.numbering().number(spread.owner(derived));
  }

  @Override
  Timestamps derivedTimestamps(long derived) {
    int index = spread.owner(derived);
    int n = (int) (derived - spread.before(index));
    int number = world.numbering().number(index);
    return Edits.timestamps(
        world.mix(), Mix.Use.REVIEW_COMMENT, derived, world.within(number, n, spread.count(index)));
  }

  @Override
  long position(long id) {
    return world.ids().reviewCommentPosition(id);
  }

  @Override
  int count(int number) {
    return spread.count(world.numbering().index(number)) + additions().count(number);
  }

  /** How many of a pull request's comments begin a thread. */
  int threads(int number) {
    int index = world.numbering().index(number);
    int derived = spread.count(index);
    long first = derived == 0 ? 0 : additions().position(spread.before(index));
    int begun = (int) IntStream.range(0, derived).filter(n -> !answers(first + n, n)).count();
    return begun + additions().count(number);
  }

  ReviewComment at(long position) {
    return new ReviewComment(
        world.repository().get(),
        world.ids().reviewComment(position),
        number(position),
        thread(position),
        People.author(world.mix(), Mix.Use.REVIEW_COMMENT, position),
        text(position, world.prose().comment(Mix.Use.REVIEW_COMMENT, position)),
        timestamps(position));
  }

  private Thread thread(long position) {
    if (additions().at(position) != null) {
      return new Thread(null, null, path(position));
    }
    long derived = additions().derived(position);
    int index = spread.owner(derived);
    int n = (int) (derived - spread.before(index));
    int ofReviews = reviews.derivedCount(index);
    Long review =
        ofReviews == 0
            ? null
            : (Long) reviews.id(index, world.mix().below(ofReviews, Mix.Use.THREAD, position, 0));
    boolean answers = answers(position, n);
    // Comments are added between those of two pull requests, never within one's.
    long first = position - n;
    Long inReplyTo = answers ? (Long) world.ids().reviewComment(first) : null;
    return new Thread(review, inReplyTo, path(answers ? first : position));
  }

  private String path(long file) {
    Mix mix = world.mix();
    String folder = FOLDERS[mix.below(FOLDERS.length, Mix.Use.THREAD, file, 2)];
    return folder + "/File" + mix.below(900, Mix.Use.THREAD, file, 3) + ".java";
  }

  private boolean answers(long position, int n) {
    return n > 0 && world.mix().oneIn(3, Mix.Use.THREAD, position, 1);
  }
}
