package dev.backfill.jdbc.internal.history;

import dev.backfill.jdbc.internal.dialect.UpsertTable;
import java.util.Set;

/** The history tables, with their columns in the order in which rows are created. */
final class HistoryTables {

  static final UpsertTable REPOSITORIES =
      new UpsertTable(
          "repositories",
          UpsertTable.withColumns()
              .bigint("id")
              .text("full_name", "owner", "name")
              .bool("is_private")
              .text("html_url")
              .timestamp("created_at", "updated_at")
              .list(),
          1,
          "updated_at",
          new UpsertTable.Partial("created_at", Set.of("created_at")));

  static final UpsertTable ACCOUNTS =
      new UpsertTable(
          "accounts",
          UpsertTable.withColumns().bigint("id").text("login", "type").list(),
          1,
          null,
          UpsertTable.Partial.NEVER);

  static final UpsertTable PULL_REQUESTS =
      new UpsertTable(
          "pull_requests",
          UpsertTable.withColumns()
              .bigint("repository_id")
              .integer("number")
              .bigint("github_id")
              .text("title", "body", "state")
              .bool("draft", "merged")
              .bigint("author_id")
              .text("author_login")
              .timestamp("created_at", "updated_at", "merged_at", "closed_at")
              .integer("additions", "deletions", "changed_files", "commits")
              .integer("comments", "review_comments")
              .bigint("merged_by_id")
              .text("merged_by_login", "head_ref", "head_sha", "base_ref", "base_sha", "html_url")
              .list(),
          2,
          "updated_at",
          // An item of a list has no details, and must not erase stored ones. An item of a query
          // lacks the number of review comments.
          new UpsertTable.Partial(
              "additions",
              Set.of(
                  "additions",
                  "deletions",
                  "changed_files",
                  "commits",
                  "comments",
                  "review_comments",
                  "merged_by_id",
                  "merged_by_login")));

  static final UpsertTable REVIEWS =
      new UpsertTable(
          "pull_request_reviews",
          UpsertTable.withColumns()
              .bigint("github_id", "repository_id")
              .integer("pull_request_number")
              .text("state")
              .bigint("author_id")
              .text("author_login")
              .timestamp("submitted_at")
              .text("body", "commit_id")
              .timestamp("pull_request_updated_at")
              .list(),
          1,
          "pull_request_updated_at",
          UpsertTable.Partial.NEVER);

  static final UpsertTable REVIEW_COMMENTS =
      new UpsertTable(
          "review_comments",
          UpsertTable.withColumns()
              .bigint("github_id", "repository_id")
              .integer("pull_request_number")
              .bigint("review_id")
              .text("path", "body")
              .bigint("author_id")
              .text("author_login")
              .timestamp("created_at", "updated_at")
              .bigint("in_reply_to_id")
              .list(),
          1,
          "updated_at",
          UpsertTable.Partial.NEVER);

  static final UpsertTable ISSUE_COMMENTS =
      new UpsertTable(
          "issue_comments",
          UpsertTable.withColumns()
              .bigint("github_id", "repository_id")
              .integer("issue_number")
              .bool("on_pull_request")
              .text("body")
              .bigint("author_id")
              .text("author_login")
              .timestamp("created_at", "updated_at")
              .list(),
          1,
          "updated_at",
          UpsertTable.Partial.NEVER);

  private HistoryTables() {}
}
