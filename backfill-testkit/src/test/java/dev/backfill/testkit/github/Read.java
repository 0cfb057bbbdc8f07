package dev.backfill.testkit.github;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Repository;
import dev.backfill.api.history.Review;
import dev.backfill.api.history.ReviewComment;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Reads GitHub's JSON as a client would, so that it can be compared with what is expected. */
final class Read {

  private Read() {}

  static PullRequest pullRequest(Map<String, Object> json, List<Review> reviews) {
    Map<String, Object> base = object(json, "base");
    Map<String, Object> head = object(json, "head");
    PullRequest.Details details =
        !json.containsKey("additions")
            ? null
            : new PullRequest.Details(
                number(json, "additions"),
                number(json, "deletions"),
                number(json, "changed_files"),
                number(json, "commits"),
                number(json, "comments"),
                number(json, "review_comments"),
                account(json, "merged_by"));
    return PullRequest.builder()
        .repository(repository(object(base, "repo")))
        .number(number(json, "number"))
        .githubId((Long) json.get("id"))
        .htmlUrl(text(json, "html_url"))
        .title(text(json, "title"))
        .body(text(json, "body"))
        .author(account(json, "user"))
        .open(text(json, "state").equals("open"))
        .draft((Boolean) json.get("draft"))
        .createdAt(time(json, "created_at"))
        .updatedAt(time(json, "updated_at"))
        .closedAt(time(json, "closed_at"))
        .mergedAt(time(json, "merged_at"))
        .headRef(text(head, "ref"))
        .headSha(text(head, "sha"))
        .baseRef(text(base, "ref"))
        .baseSha(text(base, "sha"))
        .details(details)
        .reviews(reviews)
        .build();
  }

  static Review review(Map<String, Object> json, int number) {
    return new Review(
        (Long) json.get("id"),
        number,
        text(json, "state"),
        account(json, "user"),
        time(json, "submitted_at"),
        text(json, "body"),
        text(json, "commit_id"));
  }

  static ReviewComment reviewComment(Map<String, Object> json, Repository repository) {
    return new ReviewComment(
        repository,
        (Long) json.get("id"),
        last(text(json, "pull_request_url")),
        (Long) json.get("pull_request_review_id"),
        (Long) json.get("in_reply_to_id"),
        text(json, "path"),
        account(json, "user"),
        text(json, "body"),
        time(json, "created_at"),
        time(json, "updated_at"));
  }

  static IssueComment issueComment(Map<String, Object> json, Repository repository) {
    return new IssueComment(
        repository,
        (Long) json.get("id"),
        last(text(json, "issue_url")),
        text(json, "html_url").contains("/pull/"),
        account(json, "user"),
        text(json, "body"),
        time(json, "created_at"),
        time(json, "updated_at"));
  }

  static Repository repository(Map<String, Object> json) {
    return new Repository(
        (Long) json.get("id"),
        text(json, "full_name"),
        (Boolean) json.get("private"),
        text(json, "html_url"),
        time(json, "created_at"),
        time(json, "updated_at"));
  }

  static Account account(Map<String, Object> json, String field) {
    Map<String, Object> account = object(json, field);
    return account == null
        ? null
        : new Account((Long) account.get("id"), text(account, "login"), text(account, "type"));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Map<String, Object> json, String field) {
    return (Map<String, Object>) json.get(field);
  }

  private static String text(Map<String, Object> json, String field) {
    return (String) json.get(field);
  }

  private static int number(Map<String, Object> json, String field) {
    return Math.toIntExact((Long) json.get(field));
  }

  private static Instant time(Map<String, Object> json, String field) {
    return json.get(field) == null ? null : Instant.parse(text(json, field));
  }

  private static int last(String url) {
    return Integer.parseInt(url.substring(url.lastIndexOf('/') + 1));
  }
}
