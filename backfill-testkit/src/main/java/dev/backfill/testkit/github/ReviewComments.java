package dev.backfill.testkit.github;

import dev.backfill.api.history.ReviewComment;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The review comments of all pull requests, in the order of creation. */
final class ReviewComments extends CommentRows {

  private static final String[] FOLDERS = {"src/main/java", "src/test/java", "docs", "web/app"};

  private final World world;
  private final Reviews reviews;
  private final Distribution distribution;

  ReviewComments(World world, Deletions deletions, Reviews reviews, double average) {
    super(deletions);
    this.world = world;
    this.reviews = reviews;
    this.distribution =
        new Distribution(
            world.random(), SeededRandom.Use.REVIEW_COMMENT, Numbering.PULL_REQUESTS, average);
  }

  @Override
  long derivedSize() {
    return distribution.before(world.pullRequests().getAsInt());
  }

  @Override
  int derivedNumber(long derived) {
    return world.numbering().number(distribution.owner(derived));
  }

  @Override
  Timestamps derivedTimestamps(long derived) {
    int index = distribution.owner(derived);
    int n = (int) (derived - distribution.before(index));
    int number = world.numbering().number(index);
    return Edits.timestamps(
        world.random(),
        SeededRandom.Use.REVIEW_COMMENT,
        derived,
        world.within(number, n, distribution.count(index)));
  }

  @Override
  long position(long id) {
    return world.ids().reviewCommentPosition(id);
  }

  @Override
  int count(int number) {
    return distribution.count(world.numbering().index(number)) + additions().count(number);
  }

  /** Returns the number of a pull request's comments that begin a thread. */
  int threads(int number) {
    int index = world.numbering().index(number);
    int derived = distribution.count(index);
    long first = derived == 0 ? 0 : additions().position(distribution.before(index));
    int begun = (int) IntStream.range(0, derived).filter(n -> !isReply(first + n, n)).count();
    return begun + additions().count(number);
  }

  /** The place of a comment in the conversation about a change. */
  private record Thread(@Nullable Long reviewId, @Nullable Long inReplyToId, String path) {}

  ReviewComment at(long position) {
    Thread thread = thread(position);
    Timestamps times = timestamps(position);
    return new ReviewComment(
        world.repository().get(),
        world.ids().reviewComment(position),
        number(position),
        thread.reviewId(),
        thread.inReplyToId(),
        thread.path(),
        Accounts.author(world.random(), SeededRandom.Use.REVIEW_COMMENT, position),
        text(position, world.prose().comment(SeededRandom.Use.REVIEW_COMMENT, position)),
        times.createdAt(),
        times.updatedAt());
  }

  private Thread thread(long position) {
    if (additions().at(position) != null) {
      return new Thread(null, null, path(position));
    }
    long derived = additions().derived(position);
    int index = distribution.owner(derived);
    int n = (int) (derived - distribution.before(index));
    int ofReviews = reviews.derivedCount(index);
    Long review =
        ofReviews == 0
            ? null
            : (Long)
                reviews.id(
                    index, world.random().below(ofReviews, SeededRandom.Use.THREAD, position, 0));
    boolean isReply = isReply(position, n);
    // Comments are added between those of two pull requests, never within those of one.
    long first = position - n;
    Long inReplyTo = isReply ? (Long) world.ids().reviewComment(first) : null;
    return new Thread(review, inReplyTo, path(isReply ? first : position));
  }

  private String path(long file) {
    SeededRandom random = world.random();
    String folder = FOLDERS[random.below(FOLDERS.length, SeededRandom.Use.THREAD, file, 2)];
    return folder + "/File" + random.below(900, SeededRandom.Use.THREAD, file, 3) + ".java";
  }

  private boolean isReply(long position, int n) {
    return n > 0 && world.random().oneIn(3, SeededRandom.Use.THREAD, position, 1);
  }
}
