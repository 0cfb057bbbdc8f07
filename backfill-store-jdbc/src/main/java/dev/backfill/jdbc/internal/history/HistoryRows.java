package dev.backfill.jdbc.internal.history;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Repository;
import dev.backfill.api.history.Review;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.jdbc.internal.dialect.ItemRows;
import dev.backfill.jdbc.internal.dialect.Upsert;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The rows of the history model. Accounts come first, then repositories, then their items. */
final class HistoryRows {

  /** The last copy of each account, in the order of keys. */
  private final SortedMap<Long, Account> accounts = new TreeMap<>();

  private final SortedMap<Long, Repository> repositories = new TreeMap<>();

  private HistoryRows() {}

  static ItemRows pullRequests(List<PullRequest> items) {
    HistoryRows context = new HistoryRows();
    List<@Nullable Object[]> pullRequests = new ArrayList<>(items.size());
    List<@Nullable Object[]> reviews = new ArrayList<>();
    for (PullRequest item : items) {
      context.add(item.repository(), item.author());
      if (item.details() != null) {
        context.add(item.details().mergedBy());
      }
      pullRequests.add(pullRequest(item));
      if (item.reviews() != null) {
        for (Review review : item.reviews()) {
          context.add(review.author());
          reviews.add(review(item, review));
        }
      }
    }
    return BotLogins.unified(
        new ItemRows(
            context.upserts(),
            Upsert.of(HistoryTables.PULL_REQUESTS, pullRequests),
            List.of(Upsert.of(HistoryTables.REVIEWS, reviews))));
  }

  static ItemRows reviewComments(List<ReviewComment> items) {
    HistoryRows context = new HistoryRows();
    List<@Nullable Object[]> rows = new ArrayList<>(items.size());
    for (ReviewComment item : items) {
      context.add(item.repository(), item.author());
      rows.add(reviewComment(item));
    }
    return BotLogins.unified(
        new ItemRows(context.upserts(), Upsert.of(HistoryTables.REVIEW_COMMENTS, rows), List.of()));
  }

  static ItemRows issueComments(List<IssueComment> items) {
    HistoryRows context = new HistoryRows();
    List<@Nullable Object[]> rows = new ArrayList<>(items.size());
    for (IssueComment item : items) {
      context.add(item.repository(), item.author());
      rows.add(issueComment(item));
    }
    return BotLogins.unified(
        new ItemRows(context.upserts(), Upsert.of(HistoryTables.ISSUE_COMMENTS, rows), List.of()));
  }

  private void add(Repository repository, @Nullable Account account) {
    repositories.put(repository.id(), repository);
    add(account);
  }

  private void add(@Nullable Account account) {
    if (account != null) {
      // One chunk may come from both transports; REST's login has no mark.
      accounts.merge(
          account.id(),
          account,
          (known, next) -> isMarked(next) && !isMarked(known) ? known : next);
    }
  }

  private static boolean isMarked(Account account) {
    return account.login().endsWith("[bot]");
  }

  private List<Upsert> upserts() {
    List<@Nullable Object[]> accountRows = new ArrayList<>(accounts.size());
    for (Account account : accounts.values()) {
      accountRows.add(row(account.id(), account.login(), account.type()));
    }
    List<@Nullable Object[]> repositoryRows = new ArrayList<>();
    for (Repository repository : repositories.values()) {
      repositoryRows.add(row(repository));
    }
    return List.of(
        Upsert.of(HistoryTables.ACCOUNTS, accountRows),
        Upsert.of(HistoryTables.REPOSITORIES, repositoryRows));
  }

  private static @Nullable Object[] pullRequest(PullRequest item) {
    PullRequest.Details details = item.details();
    return row(
        item.repository().id(),
        item.number(),
        item.githubId(),
        item.title(),
        item.body(),
        item.open() ? "open" : "closed",
        item.draft(),
        item.merged(),
        id(item.author()),
        login(item.author()),
        item.createdAt(),
        item.updatedAt(),
        item.mergedAt(),
        item.closedAt(),
        details == null ? null : details.additions(),
        details == null ? null : details.deletions(),
        details == null ? null : details.changedFiles(),
        details == null ? null : details.commits(),
        details == null ? null : details.comments(),
        details == null ? null : details.reviewComments(),
        details == null ? null : id(details.mergedBy()),
        details == null ? null : login(details.mergedBy()),
        item.headRef(),
        item.headSha(),
        item.baseRef(),
        item.baseSha(),
        item.htmlUrl());
  }

  private static @Nullable Object[] review(PullRequest parent, Review review) {
    return row(
        review.githubId(),
        parent.repository().id(),
        review.pullRequestNumber(),
        review.state(),
        id(review.author()),
        login(review.author()),
        review.submittedAt(),
        review.body(),
        review.commitId(),
        parent.updatedAt());
  }

  private static @Nullable Object[] reviewComment(ReviewComment item) {
    return row(
        item.githubId(),
        item.repository().id(),
        item.pullRequestNumber(),
        item.reviewId(),
        item.path(),
        item.body(),
        id(item.author()),
        login(item.author()),
        item.createdAt(),
        item.updatedAt(),
        item.inReplyToId());
  }

  private static @Nullable Object[] issueComment(IssueComment item) {
    return row(
        item.githubId(),
        item.repository().id(),
        item.issueNumber(),
        item.onPullRequest(),
        item.body(),
        id(item.author()),
        login(item.author()),
        item.createdAt(),
        item.updatedAt());
  }

  private static @Nullable Object[] row(@Nullable Object... values) {
    return values;
  }

  private static @Nullable Long id(@Nullable Account account) {
    return account == null ? null : Long.valueOf(account.id());
  }

  private static @Nullable String login(@Nullable Account account) {
    return account == null ? null : account.login();
  }

  private static @Nullable Object[] row(Repository repository) {
    return row(
        repository.id(),
        repository.fullName(),
        repository.owner(),
        repository.name(),
        repository.isPrivate(),
        repository.htmlUrl(),
        repository.createdAt(),
        repository.updatedAt());
  }
}
