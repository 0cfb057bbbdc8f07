package dev.backfill.api.internal.history;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.Label;
import dev.backfill.api.history.Milestone;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Repository;
import dev.backfill.api.history.Review;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.internal.history.HistoryTable.Getter;
import dev.backfill.api.internal.history.HistoryTable.Reported;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The history tables. A new one needs its definition here, and its script in the schema. */
public final class HistoryTables {

  public static final HistoryTable<Repository> REPOSITORIES =
      HistoryTable.of(Repository.class, "repositories")
          .bigint("id", Repository::id)
          .text("full_name", Repository::fullName)
          .text("owner", Repository::owner)
          .text("name", Repository::name)
          .bool("is_private", Repository::isPrivate)
          .text("html_url", Repository::htmlUrl)
          .timestamp("created_at", Repository::createdAt)
          .timestamp("updated_at", Repository::updatedAt)
          .key("id")
          .version("updated_at")
          .partial("created_at")
          .build();

  public static final HistoryTable<Account> ACCOUNTS =
      HistoryTable.of(Account.class, "accounts")
          .bigint("id", Account::id)
          .text("login", Account::login)
          .text("type", Account::type)
          .key("id")
          .build();

  /** A review with its pull request, whose time of change is its version. */
  private record StoredReview(PullRequest pullRequest, Review review) {

    static @Nullable List<StoredReview> of(PullRequest pullRequest) {
      List<Review> reviews = pullRequest.reviews();
      if (reviews == null) {
        return null;
      }
      List<StoredReview> stored = new ArrayList<>(reviews.size());
      for (Review review : reviews) {
        stored.add(new StoredReview(pullRequest, review));
      }
      return stored;
    }
  }

  private static final HistoryTable<StoredReview> REVIEWS =
      HistoryTable.of(StoredReview.class, "pull_request_reviews")
          .bigint("github_id", row -> row.review().githubId())
          .repository(row -> row.pullRequest().repository())
          .integer("pull_request_number", row -> row.review().pullRequestNumber())
          .text("state", row -> row.review().state())
          .account("author", row -> row.review().author())
          .timestamp("submitted_at", row -> row.review().submittedAt())
          .text("body", row -> row.review().body())
          .text("commit_id", row -> row.review().commitId())
          .timestamp("pull_request_updated_at", row -> row.pullRequest().updatedAt())
          .key("github_id")
          .version("pull_request_updated_at")
          .build();

  /** Pull requests, with their reviews. */
  public static final HistoryTable<PullRequest> PULL_REQUESTS =
      HistoryTable.of(PullRequest.class, "pull_requests")
          .repository(PullRequest::repository)
          .integer("number", PullRequest::number)
          .bigint("github_id", PullRequest::githubId)
          .text("title", PullRequest::title)
          .text("body", PullRequest::body)
          .text("state", item -> item.open() ? "open" : "closed")
          .bool("draft", PullRequest::draft)
          .bool("merged", PullRequest::merged)
          .account("author", PullRequest::author)
          .timestamp("created_at", PullRequest::createdAt)
          .timestamp("updated_at", PullRequest::updatedAt)
          .timestamp("merged_at", PullRequest::mergedAt)
          .timestamp("closed_at", PullRequest::closedAt)
          .integer("additions", detail(PullRequest.Details::additions))
          .integer("deletions", detail(PullRequest.Details::deletions))
          .integer("changed_files", detail(PullRequest.Details::changedFiles))
          .integer("commits", detail(PullRequest.Details::commits))
          .integer("comments", detail(PullRequest.Details::comments))
          .integer("review_comments", detail(PullRequest.Details::reviewComments))
          .account("merged_by", detail(PullRequest.Details::mergedBy))
          .text("head_ref", PullRequest::headRef)
          .text("head_sha", PullRequest::headSha)
          .text("base_ref", PullRequest::baseRef)
          .text("base_sha", PullRequest::baseSha)
          .text("html_url", PullRequest::htmlUrl)
          .key("repository_id", "number")
          .version("updated_at")
          // An item of a list has no details, and must not erase stored ones. An item of a query
          // lacks the number of review comments.
          .partial(
              "additions",
              "deletions",
              "changed_files",
              "commits",
              "comments",
              "review_comments",
              "merged_by_id",
              "merged_by_login")
          .parts(REVIEWS, StoredReview::of)
          .build();

  /** Review comments. */
  public static final HistoryTable<ReviewComment> REVIEW_COMMENTS =
      HistoryTable.of(ReviewComment.class, "review_comments")
          .bigint("github_id", ReviewComment::githubId)
          .repository(ReviewComment::repository)
          .integer("pull_request_number", ReviewComment::pullRequestNumber)
          .bigint("review_id", ReviewComment::reviewId)
          .text("path", ReviewComment::path)
          .text("body", ReviewComment::body)
          .account("author", ReviewComment::author)
          .timestamp("created_at", ReviewComment::createdAt)
          .timestamp("updated_at", ReviewComment::updatedAt)
          .bigint("in_reply_to_id", ReviewComment::inReplyToId)
          .key("github_id")
          .version("updated_at")
          .reported(
              new Reported("review_comments", "pull_request_number", "1 = 1", "review comments"))
          .build();

  /** Comments in the conversations of issues and pull requests. */
  public static final HistoryTable<IssueComment> ISSUE_COMMENTS =
      HistoryTable.of(IssueComment.class, "issue_comments")
          .bigint("github_id", IssueComment::githubId)
          .repository(IssueComment::repository)
          .integer("issue_number", IssueComment::issueNumber)
          .bool("on_pull_request", IssueComment::onPullRequest)
          .text("body", IssueComment::body)
          .account("author", IssueComment::author)
          .timestamp("created_at", IssueComment::createdAt)
          .timestamp("updated_at", IssueComment::updatedAt)
          .key("github_id")
          .version("updated_at")
          .reported(new Reported("comments", "issue_number", "on_pull_request", "comments"))
          .build();

  /** The labels that repositories offer. */
  public static final HistoryTable<Label> LABELS =
      HistoryTable.of(Label.class, "repository_labels")
          .repository(Label::repository)
          .text("name", Label::name)
          .bigint("github_id", Label::githubId)
          .text("color", Label::color)
          .text("description", Label::description)
          .bool("is_default", Label::isDefault)
          .key("repository_id", "name")
          .build();

  /** The milestones of repositories. */
  public static final HistoryTable<Milestone> MILESTONES =
      HistoryTable.of(Milestone.class, "milestones")
          .repository(Milestone::repository)
          .integer("number", Milestone::number)
          .bigint("github_id", Milestone::githubId)
          .text("title", Milestone::title)
          .text("description", Milestone::description)
          .text("state", item -> item.open() ? "open" : "closed")
          .account("creator", Milestone::creator)
          .integer("open_issues", Milestone::openIssues)
          .integer("closed_issues", Milestone::closedIssues)
          .timestamp("created_at", Milestone::createdAt)
          .timestamp("updated_at", Milestone::updatedAt)
          .timestamp("closed_at", Milestone::closedAt)
          .timestamp("due_on", Milestone::dueOn)
          .text("html_url", Milestone::htmlUrl)
          .key("repository_id", "number")
          .version("updated_at")
          .build();

  /** The tables that have a sink, each for its own type of item. */
  public static final List<HistoryTable<?>> ALL =
      List.of(PULL_REQUESTS, REVIEW_COMMENTS, ISSUE_COMMENTS, LABELS, MILESTONES);

  private HistoryTables() {}

  /** Returns every history table, in the order in which a chunk writes them. */
  public static List<UpsertTable> tables() {
    return Stream.concat(
            Stream.of(ACCOUNTS.table(), REPOSITORIES.table()),
            ALL.stream().flatMap(HistoryTable::tables))
        .toList();
  }

  private static <V> Getter<PullRequest, V> detail(Getter<PullRequest.Details, V> value) {
    return item -> {
      PullRequest.Details details = item.details();
      return details == null ? null : value.of(details);
    };
  }
}
