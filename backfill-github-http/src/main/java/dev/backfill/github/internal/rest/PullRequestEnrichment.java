package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Review;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.api.Response;
import dev.backfill.github.internal.enrich.Refused;
import dev.backfill.github.internal.json.InvalidItemException;
import dev.backfill.github.internal.json.JsonText;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.json.PullRequestMapper;
import dev.backfill.github.internal.json.ReviewMapper;
import dev.backfill.github.internal.json.Values;
import dev.backfill.github.internal.read.ItemEnrichment;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.ErrorTranslator;
import dev.backfill.github.internal.transport.RequestBudget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The details and the reviews of one pull request. */
public final class PullRequestEnrichment implements ItemEnrichment<PullRequest> {

  private final OpenRepository repository;
  private final GitHubApi api;
  private final int number;
  private final boolean withReviews;
  private final List<Review> reviews = new ArrayList<>();
  private final @Nullable ReviewPages reviewPages;

  private @Nullable PullRequest item;
  private boolean needsDetails;
  private boolean needsReviews;
  private @Nullable RejectedItem rejected;
  private @Nullable PermanentFailureException refusal;
  private long bytes;

  private PullRequestEnrichment(
      OpenRepository repository, int number, @Nullable PullRequest listed, Set<String> extras) {
    this.repository = repository;
    this.api = repository.api();
    this.number = number;
    this.item = listed;
    this.needsDetails = listed == null || extras.contains(PullRequestList.DETAILS);
    this.withReviews = extras.contains(PullRequestList.REVIEWS);
    this.needsReviews = withReviews;
    this.reviewPages =
        withReviews
            ? new ReviewPages(
                new PageFetcher<>(repository, new ReviewMapper(number)),
                repository.pathByNumber(
                    "/pulls/" + number + "/reviews?per_page=" + repository.pages().rest()))
            : null;
  }

  /** Creates the enrichment of a pull request from a list. */
  public static PullRequestEnrichment of(
      PullRequest listed, OpenRepository repository, Set<String> extras) {
    return new PullRequestEnrichment(repository, listed.number(), listed, extras);
  }

  /** Creates the enrichment of a pull request of which only the number is known. */
  public static PullRequestEnrichment of(
      int number, OpenRepository repository, Set<String> extras) {
    return new PullRequestEnrichment(repository, number, null, extras);
  }

  /**
   * Returns the path by the repository's number, unless the response can be checked against the
   * list's item.
   */
  private String path() {
    String rest = "/pulls/" + number;
    return item == null ? repository.pathByNumber(rest) : repository.path(rest);
  }

  @Override
  public synchronized boolean isComplete() {
    return rejected != null || (!needsDetails && !needsReviews);
  }

  @Override
  public synchronized @Nullable PermanentFailureException refusal() {
    return refusal;
  }

  @Override
  public synchronized long bytes() {
    return bytes + (reviewPages == null ? 0 : reviewPages.bytes());
  }

  @Override
  public synchronized ParsedItem<PullRequest> complete(RequestBudget budget)
      throws InterruptedException {
    try {
      if (rejected == null && needsDetails) {
        readDetails(budget);
      }
      if (rejected == null && needsReviews && reviewPages != null) {
        readReviews(reviewPages, budget);
      }
    } catch (PermanentFailureException e) {
      if (!ErrorTranslator.isOfOneItem(e)) {
        throw e;
      }
      refusal = e;
      reject(String.valueOf(e.getMessage()), "");
    }
    PullRequest whole = item;
    Long id = whole == null ? null : (Long) whole.githubId();
    if (refusal != null && !Refused.isDeleted(refusal) && rejected != null && whole != null) {
      // The list's fields are unaffected.
      return ParsedItem.partial(id, with(whole, null), rejected);
    }
    if (rejected != null || whole == null) {
      return ParsedItem.rejected(
          id, Objects.requireNonNull(rejected, "an item that is not there was rejected"));
    }
    return ParsedItem.of(id, with(whole, withReviews ? reviews : null));
  }

  private static PullRequest with(PullRequest item, @Nullable List<Review> reviews) {
    return item.toBuilder().reviews(reviews).build();
  }

  /**
   * Fetches the details. A single 404 may be wrong, or about a name, so the request is repeated
   * once.
   */
  private Response details(String path, RequestBudget budget) throws InterruptedException {
    try {
      return api.get(path, budget);
    } catch (PermanentFailureException e) {
      if (e.reason() != Reason.NOT_FOUND) {
        throw e;
      }
      String byNumber = repository.byNumber(path);
      return api.get(byNumber == null ? path : byNumber, budget);
    }
  }

  private @Nullable List<ParsedItem<Review>> reviews(ReviewPages pages, RequestBudget budget)
      throws InterruptedException {
    try {
      return pages.read(hasReviewComments(), budget);
    } catch (PermanentFailureException e) {
      if (e.reason() != Reason.NOT_FOUND) {
        throw e;
      }
      return pages.read(hasReviewComments(), budget);
    }
  }

  private void readDetails(RequestBudget budget) throws InterruptedException {
    String path = path();
    Response response = details(path, budget);
    if (response.movedForGood()) {
      repository.refresh(budget);
    }
    try {
      PullRequestMapper mapper = PullRequestMapper.ofDetails();
      Values values = JsonText.readObject(response, mapper.plan());
      if (values.integer("id") == null) {
        throw api.malformed(path, response, null);
      }
      bytes += response.size();
      PullRequest alone = mapper.map(values, repository.current());
      PullRequest listed = item;
      if (alone.number() != number || (listed != null && alone.githubId() != listed.githubId())) {
        throw new InvalidItemException("it is about another pull request");
      }
      item = listed == null ? alone : newer(listed, alone);
      needsDetails = false;
    } catch (InvalidItemException e) {
      reject(
          "GitHub's details of the pull request are malformed: " + e.getMessage(),
          repository.beginning(response));
    } catch (IOException e) {
      throw api.malformed(path, response, e);
    }
  }

  /**
   * Returns the newer copy. If a lagging replica sent the single one, only its details are used,
   * which the list lacks.
   */
  private static PullRequest newer(PullRequest listed, PullRequest alone) {
    if (!alone.updatedAt().isBefore(listed.updatedAt())) {
      return alone;
    }
    return listed.toBuilder().details(alone.details()).reviews(null).build();
  }

  private void readReviews(ReviewPages pages, RequestBudget budget) throws InterruptedException {
    List<ParsedItem<Review>> read = reviews(pages, budget);
    if (read == null) {
      reject("The list of reviews of the pull request does not end.", "");
      return;
    }
    for (ParsedItem<Review> review : read) {
      RejectedItem broken = review.rejected();
      if (broken != null) {
        reject("A review of the pull request: " + broken.error(), broken.payload());
        return;
      }
      reviews.add(Objects.requireNonNull(review.item()));
    }
    needsReviews = false;
  }

  /** Returns true if there are comments on lines: each of them belongs to a review. */
  private boolean hasReviewComments() {
    PullRequest known = item;
    PullRequest.Details details = known == null ? null : known.details();
    return details != null && details.reviewComments() != null && details.reviewComments() > 0;
  }

  private void reject(String error, String payload) {
    rejected = new RejectedItem(Integer.toString(number), error, payload);
  }
}
