package dev.backfill.testkit.github;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Repository;
import dev.backfill.api.history.Review;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.time.TimeSource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A repository whose whole history is a function of a seed. Memory contains only what a test has
 * changed, so a million pull requests cost no more than one. Safe for any number of threads.
 *
 * <p>{@link SimulatedGitHub} sends over HTTP what the accessors here return, so a test compares a
 * database with them.
 *
 * <p>Of ten numbers seven are pull requests and three are issues, in places that the seed chooses.
 * Ids are above 32 bits. Some authors are missing, some are {@code ghost}, some are bots. Some
 * texts are missing, some have 60,000 characters. The third pull request has 250 reviews, unless
 * the average is 0.
 */
public final class SimulatedRepository extends RepositoryChanges {

  private final long id;
  private final boolean isPrivate;
  private final List<String> formerNames = new CopyOnWriteArrayList<>();
  private final World world;
  private final PullRequests pullRequests;
  private final Reviews reviews;
  private final ReviewComments reviewComments;
  private final IssueComments issueComments;
  private final Deletions deletions = new Deletions();
  private final Map<RepositoryList<?>, SimulatedList<?>> lists = new HashMap<>();
  private volatile String fullName;
  private volatile int count;
  private volatile TimeSource time = TimeSource.system();

  private SimulatedRepository(Builder builder) {
    this.id = builder.id;
    this.isPrivate = builder.isPrivate;
    this.fullName = builder.fullName;
    this.count = builder.pullRequests;
    this.formerNames.addAll(builder.formerNames);
    SeededRandom random = new SeededRandom(builder.seed);
    Numbering numbering = new Numbering(random);
    int lastNumber = count == 0 ? 0 : numbering.number(count - 1);
    this.world =
        new World(
            random,
            numbering,
            new Timeline(random, lastNumber),
            new Ids(random, id),
            new Prose(random),
            this::repository,
            () -> count);
    this.issueComments = new IssueComments(world, deletions, builder.issueComments);
    this.pullRequests = new PullRequests(world, deletions, issueComments);
    this.reviews = new Reviews(world, deletions, builder.reviews);
    this.reviewComments = new ReviewComments(world, deletions, reviews, builder.reviewComments);
    for (RepositoryList<?> list : RepositoryLists.ALL) {
      int rows = builder.rows.getOrDefault(list, list.defaultCount());
      lists.put(list, new SimulatedList<>(list, world, rows, this::now));
    }
  }

  /**
   * Creates a repository with the defaults of {@link Builder}.
   *
   * @param fullName {@code owner/name}
   * @param pullRequests the number of pull requests; 0 or more
   * @return the repository
   */
  public static SimulatedRepository of(String fullName, int pullRequests) {
    return builder(fullName).pullRequests(pullRequests).build();
  }

  /**
   * Begins a repository.
   *
   * @param fullName {@code owner/name}
   * @return a builder with the defaults
   */
  public static Builder builder(String fullName) {
    return new Builder(fullName);
  }

  /**
   * Returns the repository itself.
   *
   * @return its values now
   */
  public Repository repository() {
    String name = fullName;
    return new Repository(
        id,
        name,
        isPrivate,
        "https://github.com/" + name,
        Timeline.START,
        Timeline.START.plus(1_000, ChronoUnit.DAYS));
  }

  /**
   * Returns the number of pull requests.
   *
   * @return the count now
   */
  public int pullRequestCount() {
    return count - deletions.count();
  }

  /**
   * Returns the number of reviews of all pull requests.
   *
   * @return the count now
   */
  public long reviewCount() {
    return reviews.total();
  }

  /**
   * Returns the number of review comments of all pull requests.
   *
   * @return the count now
   */
  public long reviewCommentCount() {
    return reviewComments.count();
  }

  /**
   * Returns the number of issue comments of all issues and pull requests.
   *
   * @return the count now
   */
  public long issueCommentCount() {
    return issueComments.count();
  }

  /**
   * Returns the numbers of all pull requests.
   *
   * @return the numbers in order, with gaps at the issues
   */
  public IntStream numbers() {
    return indexes().map(world.numbering()::number);
  }

  /**
   * Returns a pull request with its details and reviews.
   *
   * @param number its number
   * @return the pull request as a source should return it
   * @throws IllegalArgumentException if no pull request has this number
   */
  public PullRequest pullRequest(int number) {
    return complete(index(number));
  }

  /**
   * Returns all pull requests with their details and reviews.
   *
   * @return the items as a source should return them, by number; computed while the stream is read
   */
  public Stream<PullRequest> pullRequests() {
    return indexes().mapToObj(this::complete);
  }

  /**
   * Returns all pull requests as the list contains them, without details and reviews.
   *
   * @return the items as a source should return them, by number; computed while the stream is read
   */
  public Stream<PullRequest> listedPullRequests() {
    return indexes().mapToObj(pullRequests::at);
  }

  /**
   * Returns all reviews.
   *
   * @return the reviews by pull request, then time; computed while the stream is read
   */
  public Stream<Review> reviews() {
    return indexes().boxed().flatMap(index -> reviews.of(index).stream());
  }

  /**
   * Returns all review comments.
   *
   * @return the comments in the order of creation; computed while the stream is read
   */
  public Stream<ReviewComment> reviewComments() {
    return positions(reviewComments).mapToObj(reviewComments::at);
  }

  /**
   * Returns all issue comments.
   *
   * @return the comments in the order of creation; computed while the stream is read
   */
  public Stream<IssueComment> issueComments() {
    return positions(issueComments).mapToObj(issueComments::at);
  }

  /**
   * Returns a plain list, with its rows and their changes.
   *
   * @param <R> the type of the rows
   * @param list one of the {@link RepositoryLists}
   * @return always the same
   */
  @SuppressWarnings("unchecked") // The constructor has put a list of the same rows.
  public <R> SimulatedList<R> list(RepositoryList<R> list) {
    return (SimulatedList<R>) Objects.requireNonNull(lists.get(list), "list");
  }

  /**
   * Opens more pull requests, with reviews, comments and some issues between them. They are open,
   * and created from now on, a second apart.
   *
   * @param more the number of pull requests; at least 1
   */
  public synchronized void addPullRequests(int more) {
    if (more < 1) {
      throw new IllegalArgumentException("more is " + more + "; it must be at least 1");
    }
    world.timeline().addFrom(world.lastNumber() + 1, now());
    count = Math.addExact(count, more);
  }

  /**
   * Renames the repository. Its current name then redirects.
   *
   * @param newFullName {@code owner/name}
   */
  public synchronized void renameTo(String newFullName) {
    Builder.requireName(newFullName);
    formerNames.add(fullName);
    formerNames.removeIf(newFullName::equalsIgnoreCase);
    fullName = newFullName;
  }

  void useClock(TimeSource source) {
    time = source;
  }

  boolean isNamed(String name) {
    return fullName.equalsIgnoreCase(name);
  }

  boolean wasNamed(String name) {
    return formerNames.stream().anyMatch(name::equalsIgnoreCase);
  }

  boolean has(int number) {
    int index = world.numbering().index(number);
    return index >= 0 && index < count && !deletions.has(number);
  }

  int reviewCount(int number) {
    return reviews.count(index(number));
  }

  Review review(int number, int n) {
    return reviews.at(index(number), n);
  }

  /** Returns a pull request with its details and without its reviews. */
  PullRequest detailed(int number) {
    int index = index(number);
    return with(pullRequests.at(index), index, null);
  }

  /** Returns the number of the pull request with a node id; 0 if the id is of something else. */
  int numberOf(String nodeId) {
    int index = world.ids().pullRequestIndex(nodeId);
    int number = index < 0 ? 0 : world.numbering().number(index);
    return has(number) ? number : 0;
  }

  /** Returns the number of threads of review comments of a pull request. */
  int threadCount(int number) {
    return reviewComments.threads(number);
  }

  PullRequests pullRequestRows() {
    return pullRequests;
  }

  ReviewComments reviewCommentRows() {
    return reviewComments;
  }

  IssueComments issueCommentRows() {
    return issueComments;
  }

  private PullRequest complete(int index) {
    return with(pullRequests.at(index), index, reviews.of(index));
  }

  private PullRequest with(PullRequest listed, int index, @Nullable List<Review> ofIt) {
    int number = listed.number();
    PullRequest.Details details =
        pullRequests.details(index, issueComments.count(number), reviewComments.count(number));
    return listed.toBuilder().details(details).reviews(ofIt).build();
  }

  @Override
  int index(int number) {
    if (!has(number)) {
      throw new IllegalArgumentException(fullName + " has no pull request " + number);
    }
    return world.numbering().index(number);
  }

  @Override
  Instant now() {
    return time.now();
  }

  @Override
  Changeable changeable() {
    return new Changeable(pullRequests, reviews, reviewComments, issueComments, deletions);
  }

  private IntStream indexes() {
    return IntStream.range(0, count).filter(index -> pullRequests.isIn(index, "all"));
  }

  private static LongStream positions(Rows rows) {
    return LongStream.range(0, rows.size()).filter(position -> rows.isIn(position, "all"));
  }

  /**
   * A builder of repositories. By default it is public, has no pull requests, seed 1 and an id
   * derived from its name. A pull request then has on average 1.5 reviews and 2 review comments; an
   * issue or pull request has on average 2 issue comments. Each of the {@link RepositoryLists} has
   * a number of rows of its own, such as 9 labels; {@link #rows} changes it.
   */
  public static final class Builder {

    private final String fullName;
    private final List<String> formerNames = new CopyOnWriteArrayList<>();
    private long id;
    private long seed = 1;
    private int pullRequests;
    private boolean isPrivate;
    private double reviews = 1.5;
    private double reviewComments = 2;
    private double issueComments = 2;
    private final Map<RepositoryList<?>, Integer> rows = new HashMap<>();

    private Builder(String fullName) {
      this.fullName = requireName(fullName);
      this.id = 700_000_000L + (fullName.hashCode() & 0xFFFFF);
    }

    /**
     * Sets GitHub's number for the repository.
     *
     * @param value positive
     * @return this builder
     */
    public Builder id(long value) {
      this.id = requireAtLeast("id", value, 1);
      return this;
    }

    /**
     * Sets the seed from which the whole history is derived.
     *
     * @param value any number
     * @return this builder
     */
    public Builder seed(long value) {
      this.seed = value;
      return this;
    }

    /**
     * Sets the number of pull requests.
     *
     * @param value 0 or more
     * @return this builder
     */
    public Builder pullRequests(int value) {
      this.pullRequests = (int) requireAtLeast("pullRequests", value, 0);
      return this;
    }

    /**
     * Sets the visibility. Requests without a token get 404 for a private repository.
     *
     * @param value true to hide it
     * @return this builder
     */
    public Builder isPrivate(boolean value) {
      this.isPrivate = value;
      return this;
    }

    /**
     * Sets the average number of reviews of a pull request.
     *
     * @param average 0 to 100
     * @return this builder
     */
    public Builder reviews(double average) {
      this.reviews = requireAverage("reviews", average);
      return this;
    }

    /**
     * Sets the average number of review comments of a pull request.
     *
     * @param average 0 to 100
     * @return this builder
     */
    public Builder reviewComments(double average) {
      this.reviewComments = requireAverage("reviewComments", average);
      return this;
    }

    /**
     * Sets the average number of issue comments of an issue or pull request.
     *
     * @param average 0 to 100
     * @return this builder
     */
    public Builder issueComments(double average) {
      this.issueComments = requireAverage("issueComments", average);
      return this;
    }

    /**
     * Sets the number of labels.
     *
     * @param count 0 or more
     * @return this builder
     */
    public Builder labels(int count) {
      return rows(RepositoryLists.LABELS, count);
    }

    /**
     * Sets the number of milestones. Of three of them one is closed, of four one has no due date.
     *
     * @param count 0 or more
     * @return this builder
     */
    public Builder milestones(int count) {
      return rows(RepositoryLists.MILESTONES, count);
    }

    /**
     * Sets the number of rows of a plain list.
     *
     * @param list one of the {@link RepositoryLists}
     * @param count 0 or more
     * @return this builder
     */
    public Builder rows(RepositoryList<?> list, int count) {
      rows.put(list, (int) requireAtLeast(list.path(), count, 0));
      return this;
    }

    /**
     * Adds a former name of the repository, which redirects.
     *
     * @param name {@code owner/name}
     * @return this builder
     */
    public Builder formerName(String name) {
      formerNames.add(requireName(name));
      return this;
    }

    /**
     * Builds the repository.
     *
     * @return the repository
     */
    public SimulatedRepository build() {
      return new SimulatedRepository(this);
    }

    private static String requireName(String name) {
      return new Repository(1, Objects.requireNonNull(name, "name"), false, "", null, null)
          .fullName();
    }

    private static long requireAtLeast(String name, long value, long min) {
      if (value < min) {
        throw new IllegalArgumentException(name + " is " + value + "; it must be at least " + min);
      }
      return value;
    }

    private static double requireAverage(String name, double value) {
      if (!(value >= 0 && value <= 100)) {
        throw new IllegalArgumentException(name + " is " + value + "; it must be from 0 to 100");
      }
      return value;
    }
  }
}
