package dev.backfill.github.internal.pull;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Repository;
import dev.backfill.api.history.Review;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.github.internal.http.Answer;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.http.GitHubApi;
import dev.backfill.github.internal.json.InvalidItemException;
import dev.backfill.github.internal.json.JsonText;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.json.PullRequestMapper;
import dev.backfill.github.internal.json.ReviewMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The details and the reviews of one pull request. */
final class PullRequestCompletion implements Completion<PullRequest> {

  /** A hundred thousand reviews: more is no pull request but a list that does not end. */
  private static final int MAX_REVIEW_PAGES = 1000;

  private final GitHubApi api;
  private final Repository repository;
  private final @Nullable Long id;
  private final String path;
  private final List<Review> reviews = new ArrayList<>();

  private PullRequest item;
  private boolean needsDetails;
  private @Nullable String reviewPage;
  private final boolean withReviews;
  private int reviewPages;
  private @Nullable RejectedItem rejected;
  private boolean missing;

  PullRequestCompletion(
      GitHubApi api,
      Repository repository,
      @Nullable Long id,
      PullRequest listed,
      Set<String> extras) {
    this.api = api;
    this.repository = repository;
    this.id = id;
    this.item = listed;
    this.path = "/repos/" + repository.fullName() + "/pulls/" + listed.identity().number();
    this.needsDetails = extras.contains(Streams.DETAILS);
    this.withReviews = extras.contains(Streams.REVIEWS);
    this.reviewPage = withReviews ? path + "/reviews?per_page=" + Page.SIZE : null;
  }

  @Override
  public synchronized boolean isComplete() {
    return rejected != null || (!needsDetails && reviewPage == null);
  }

  @Override
  public synchronized boolean isMissing() {
    return missing;
  }

  @Override
  public synchronized ParsedItem<PullRequest> complete(Budget budget) throws InterruptedException {
    try {
      if (rejected == null && needsDetails) {
        readDetails(budget);
      }
      while (rejected == null && reviewPage != null) {
        readReviews(reviewPage, budget);
      }
    } catch (PermanentFailureException e) {
      if (e.reason() != Reason.NOT_FOUND && e.reason() != Reason.GONE) {
        throw e;
      }
      missing = true;
      reject(String.valueOf(e.getMessage()), "");
    }
    if (rejected != null) {
      return ParsedItem.rejected(id, rejected);
    }
    return ParsedItem.of(id, assembled());
  }

  private PullRequest assembled() {
    return new PullRequest(
        item.repository(),
        item.identity(),
        item.content(),
        item.lifecycle(),
        item.branches(),
        item.details(),
        withReviews ? reviews : null);
  }

  private void readDetails(Budget budget) throws InterruptedException {
    Answer answer = api.get(path, budget);
    try {
      PullRequestMapper mapper = PullRequestMapper.ofDetails();
      PullRequest alone = mapper.map(JsonText.readObject(answer::open, mapper.plan()), repository);
      if (!isSame(alone)) {
        throw new InvalidItemException("it is about another pull request");
      }
      item = newer(item, alone);
      needsDetails = false;
    } catch (InvalidItemException e) {
      reject(
          "GitHub's details of the pull request cannot be understood: " + e.getMessage(),
          beginning(answer));
    } catch (IOException e) {
      throw api.malformed(path, answer, e);
    }
  }

  private boolean isSame(PullRequest alone) {
    return alone.identity().number() == item.identity().number()
        && alone.identity().githubId() == item.identity().githubId();
  }

  /** A replica may lag behind: then only the details, which the list lacks, come from it. */
  private static PullRequest newer(PullRequest listed, PullRequest alone) {
    if (!alone.lifecycle().updatedAt().isBefore(listed.lifecycle().updatedAt())) {
      return alone;
    }
    return new PullRequest(
        listed.repository(),
        listed.identity(),
        listed.content(),
        listed.lifecycle(),
        listed.branches(),
        alone.details(),
        null);
  }

  private void readReviews(String page, Budget budget) throws InterruptedException {
    ReviewMapper mapper = new ReviewMapper(item.identity().number());
    Page<Review> read = new PageFetcher<>(api, mapper, repository).fetch(page, budget);
    List<Review> readNow = new ArrayList<>();
    for (ParsedItem<Review> review : read.items()) {
      RejectedItem broken = review.rejected();
      if (broken != null) {
        reject("a review of the pull request: " + broken.error(), broken.payload());
        return;
      }
      readNow.add(Objects.requireNonNull(review.item()));
    }
    reviews.addAll(readNow);
    reviewPages++;
    reviewPage = read.next();
    if (reviewPage != null && reviewPages >= MAX_REVIEW_PAGES) {
      reject("the reviews of the pull request do not end", "");
    }
  }

  private void reject(String error, String payload) {
    String key = Integer.toString(item.identity().number());
    rejected = new RejectedItem(key, error, payload);
  }

  private String beginning(Answer answer) {
    try {
      return api.redact(JsonText.beginning(answer::open));
    } catch (IOException e) {
      return "";
    }
  }
}
