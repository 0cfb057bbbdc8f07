package dev.backfill.api.history;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A pull request.
 *
 * @param repository the repository
 * @param number number within the repository; positive
 * @param githubId GitHub's id; 64 bits
 * @param htmlUrl address of its web page
 * @param title the title
 * @param body the text, or null without one
 * @param author the account that opened it, or null if the account was deleted
 * @param open true while it is open; false if it is closed, merged or not
 * @param draft true for a draft
 * @param createdAt time of opening
 * @param updatedAt time of the last change; the later of two copies is the newer one
 * @param closedAt time of closing, or null while open
 * @param mergedAt time of merging, or null if not merged
 * @param headRef branch to merge, or null if GitHub no longer knows it
 * @param headSha commit to merge, or null if GitHub no longer knows it
 * @param baseRef branch to merge into
 * @param baseSha commit to compare with, or null if GitHub no longer knows it
 * @param details fields that lists do not contain, or null if not requested
 * @param reviews the reviews in order, not modifiable, or null if not requested
 * @see <a href="https://docs.github.com/en/rest/pulls/pulls">GitHub: pull requests</a>
 */
public record PullRequest(
    Repository repository,
    int number,
    long githubId,
    String htmlUrl,
    String title,
    @Nullable String body,
    @Nullable Account author,
    boolean open,
    boolean draft,
    Instant createdAt,
    Instant updatedAt,
    @Nullable Instant closedAt,
    @Nullable Instant mergedAt,
    @Nullable String headRef,
    @Nullable String headSha,
    String baseRef,
    @Nullable String baseSha,
    @Nullable Details details,
    @Nullable List<Review> reviews) {

  /** Copies the list. */
  public PullRequest {
    reviews = reviews == null ? null : List.copyOf(reviews);
  }

  /**
   * Fields that only a single pull request contains, not a list. A count is null if the source sent
   * an impossible number, such as a negative one.
   *
   * @param additions lines added; 0 or more, or null
   * @param deletions lines deleted; 0 or more, or null
   * @param changedFiles files changed; 0 or more, or null
   * @param commits commits; 0 or more, or null
   * @param comments comments in its conversation; 0 or more, or null
   * @param reviewComments comments on its lines; 0 or more, or null if the source cannot count
   *     them, as with GraphQL
   * @param mergedBy the account that merged it, or null if not merged or the account was deleted
   */
  public record Details(
      @Nullable Integer additions,
      @Nullable Integer deletions,
      @Nullable Integer changedFiles,
      @Nullable Integer commits,
      @Nullable Integer comments,
      @Nullable Integer reviewComments,
      @Nullable Account mergedBy) {}

  /**
   * Returns true if the pull request was merged.
   *
   * @return true if it has a time of merging
   */
  public boolean merged() {
    return mergedAt != null;
  }

  /**
   * Creates an empty builder. Required are repository, number, id, address, title, open, times of
   * creation and last change, and base branch.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Creates a builder with the values of this pull request.
   *
   * @return a new builder
   */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.repository = repository;
    builder.number = number;
    builder.githubId = githubId;
    builder.htmlUrl = htmlUrl;
    builder.title = title;
    builder.body = body;
    builder.author = author;
    builder.open = open;
    builder.draft = draft;
    builder.createdAt = createdAt;
    builder.updatedAt = updatedAt;
    builder.closedAt = closedAt;
    builder.mergedAt = mergedAt;
    builder.headRef = headRef;
    builder.headSha = headSha;
    builder.baseRef = baseRef;
    builder.baseSha = baseSha;
    builder.details = details;
    builder.reviews = reviews;
    return builder;
  }

  /** A builder of pull requests. Meaning and range of each value are those of the record. */
  public static final class Builder {

    private @Nullable Repository repository;
    private int number;
    private long githubId;
    private @Nullable String htmlUrl;
    private @Nullable String title;
    private @Nullable String body;
    private @Nullable Account author;
    private @Nullable Boolean open;
    private boolean draft;
    private @Nullable Instant createdAt;
    private @Nullable Instant updatedAt;
    private @Nullable Instant closedAt;
    private @Nullable Instant mergedAt;
    private @Nullable String headRef;
    private @Nullable String headSha;
    private @Nullable String baseRef;
    private @Nullable String baseSha;
    private @Nullable Details details;
    private @Nullable List<Review> reviews;

    private Builder() {}

    /**
     * Sets {@link PullRequest#repository()}.
     *
     * @param value the repository
     * @return this builder
     */
    public Builder repository(Repository value) {
      repository = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#number()}.
     *
     * @param value number within the repository; positive
     * @return this builder
     */
    public Builder number(int value) {
      number = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#githubId()}.
     *
     * @param value GitHub's id; 64 bits
     * @return this builder
     */
    public Builder githubId(long value) {
      githubId = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#htmlUrl()}.
     *
     * @param value address of its web page
     * @return this builder
     */
    public Builder htmlUrl(String value) {
      htmlUrl = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#title()}.
     *
     * @param value the title
     * @return this builder
     */
    public Builder title(String value) {
      title = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#body()}.
     *
     * @param value the text, or null without one
     * @return this builder
     */
    public Builder body(@Nullable String value) {
      body = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#author()}.
     *
     * @param value the account that opened it, or null if the account was deleted
     * @return this builder
     */
    public Builder author(@Nullable Account value) {
      author = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#open()}.
     *
     * @param value true while it is open
     * @return this builder
     */
    public Builder open(boolean value) {
      open = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#draft()}.
     *
     * @param value true for a draft
     * @return this builder
     */
    public Builder draft(boolean value) {
      draft = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#createdAt()}.
     *
     * @param value time of opening
     * @return this builder
     */
    public Builder createdAt(Instant value) {
      createdAt = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#updatedAt()}.
     *
     * @param value time of the last change; the later of two copies is the newer one
     * @return this builder
     */
    public Builder updatedAt(Instant value) {
      updatedAt = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#closedAt()}.
     *
     * @param value time of closing, or null while open
     * @return this builder
     */
    public Builder closedAt(@Nullable Instant value) {
      closedAt = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#mergedAt()}.
     *
     * @param value time of merging, or null if not merged
     * @return this builder
     */
    public Builder mergedAt(@Nullable Instant value) {
      mergedAt = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#headRef()}.
     *
     * @param value branch to merge, or null if GitHub no longer knows it
     * @return this builder
     */
    public Builder headRef(@Nullable String value) {
      headRef = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#headSha()}.
     *
     * @param value commit to merge, or null if GitHub no longer knows it
     * @return this builder
     */
    public Builder headSha(@Nullable String value) {
      headSha = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#baseRef()}.
     *
     * @param value branch to merge into
     * @return this builder
     */
    public Builder baseRef(String value) {
      baseRef = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#baseSha()}.
     *
     * @param value commit to compare with, or null if GitHub no longer knows it
     * @return this builder
     */
    public Builder baseSha(@Nullable String value) {
      baseSha = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#details()}.
     *
     * @param value fields that lists do not contain, or null if not requested
     * @return this builder
     */
    public Builder details(@Nullable Details value) {
      details = value;
      return this;
    }

    /**
     * Sets {@link PullRequest#reviews()}.
     *
     * @param value the reviews in order, not modifiable, or null if not requested
     * @return this builder
     */
    public Builder reviews(@Nullable List<Review> value) {
      reviews = value;
      return this;
    }

    /**
     * Creates the pull request.
     *
     * @return the pull request
     * @throws NullPointerException if a required value is missing
     */
    public PullRequest build() {
      return new PullRequest(
          Objects.requireNonNull(repository, "repository"),
          number,
          githubId,
          Objects.requireNonNull(htmlUrl, "htmlUrl"),
          Objects.requireNonNull(title, "title"),
          body,
          author,
          Objects.requireNonNull(open, "open"),
          draft,
          Objects.requireNonNull(createdAt, "createdAt"),
          Objects.requireNonNull(updatedAt, "updatedAt"),
          closedAt,
          mergedAt,
          headRef,
          headSha,
          Objects.requireNonNull(baseRef, "baseRef"),
          baseSha,
          details,
          reviews);
    }
  }
}
