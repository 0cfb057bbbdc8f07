package dev.backfill.testkit.github;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.Repository;
import dev.backfill.api.history.Review;
import dev.backfill.api.history.ReviewComment;
import java.io.IOException;
import java.time.Instant;

/** A writer of reviews and comments in GitHub's JSON. */
final class ConversationJson {

  private final String api;

  ConversationJson(String api) {
    this.api = api;
  }

  void write(JsonGenerator json, Repository repository, Review review) throws IOException {
    String page = repository.htmlUrl() + "/pull/" + review.pullRequestNumber();
    json.writeStartObject();
    begin(json, "PRR_", review.githubId());
    Json.account(json, "user", review.author());
    Json.text(json, "body", review.body());
    json.writeStringField("state", review.state());
    json.writeStringField("html_url", page + "#pullrequestreview-" + review.githubId());
    json.writeStringField(
        "pull_request_url", api(repository) + "/pulls/" + review.pullRequestNumber());
    json.writeStringField("author_association", "MEMBER");
    if (review.submittedAt() != null) {
      Json.time(json, "submitted_at", review.submittedAt());
    }
    Json.text(json, "commit_id", review.commitId());
    json.writeEndObject();
  }

  void write(JsonGenerator json, ReviewComment comment) throws IOException {
    Repository repository = comment.repository();
    String page = repository.htmlUrl() + "/pull/" + comment.pullRequestNumber();
    json.writeStartObject();
    json.writeStringField("url", api(repository) + "/pulls/comments/" + comment.githubId());
    begin(json, "PRRC_", comment.githubId());
    if (comment.reviewId() == null) {
      json.writeNullField("pull_request_review_id");
    } else {
      json.writeNumberField("pull_request_review_id", comment.reviewId());
    }
    json.writeStringField("diff_hunk", "@@ -1,3 +1,4 @@\n line\n+another line");
    Json.text(json, "path", comment.path());
    json.writeNumberField("position", 2);
    json.writeNumberField("line", 2);
    json.writeStringField("side", "RIGHT");
    if (comment.inReplyToId() != null) {
      json.writeNumberField("in_reply_to_id", comment.inReplyToId());
    }
    Json.account(json, "user", comment.author());
    json.writeStringField("body", comment.body());
    times(json, comment.createdAt(), comment.updatedAt());
    json.writeStringField("html_url", page + "#discussion_r" + comment.githubId());
    json.writeStringField(
        "pull_request_url", api(repository) + "/pulls/" + comment.pullRequestNumber());
    json.writeStringField("author_association", "CONTRIBUTOR");
    json.writeEndObject();
  }

  void write(JsonGenerator json, IssueComment comment) throws IOException {
    Repository repository = comment.repository();
    String kind = comment.onPullRequest() ? "/pull/" : "/issues/";
    String page = repository.htmlUrl() + kind + comment.issueNumber();
    json.writeStartObject();
    json.writeStringField("url", api(repository) + "/issues/comments/" + comment.githubId());
    json.writeStringField("html_url", page + "#issuecomment-" + comment.githubId());
    json.writeStringField("issue_url", api(repository) + "/issues/" + comment.issueNumber());
    begin(json, "IC_", comment.githubId());
    Json.account(json, "user", comment.author());
    times(json, comment.createdAt(), comment.updatedAt());
    json.writeStringField("author_association", "NONE");
    json.writeStringField("body", comment.body());
    json.writeEndObject();
  }

  private String api(Repository repository) {
    return api + "/repos/" + repository.fullName();
  }

  private static void begin(JsonGenerator json, String prefix, long id) throws IOException {
    json.writeNumberField("id", id);
    json.writeStringField("node_id", prefix + Long.toString(id, 36));
  }

  private static void times(JsonGenerator json, Instant createdAt, Instant updatedAt)
      throws IOException {
    Json.time(json, "created_at", createdAt);
    Json.time(json, "updated_at", updatedAt);
  }
}
