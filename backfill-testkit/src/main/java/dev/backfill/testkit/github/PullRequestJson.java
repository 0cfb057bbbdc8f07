package dev.backfill.testkit.github;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.PullRequest.Details;
import java.io.IOException;
import java.util.Objects;

/** A writer of pull requests in GitHub's JSON, in a list or alone. */
final class PullRequestJson {

  private final String api;

  PullRequestJson(String api) {
    this.api = api;
  }

  void write(JsonGenerator json, PullRequest pullRequest) throws IOException {
    int number = pullRequest.number();
    String repository = api + "/repos/" + pullRequest.repository().fullName();
    json.writeStartObject();
    json.writeStringField("url", repository + "/pulls/" + number);
    json.writeNumberField("id", pullRequest.githubId());
    json.writeStringField("node_id", "PR_" + Long.toString(pullRequest.githubId(), 36));
    json.writeStringField("html_url", pullRequest.htmlUrl());
    json.writeStringField("diff_url", pullRequest.htmlUrl() + ".diff");
    json.writeStringField("issue_url", repository + "/issues/" + number);
    json.writeNumberField("number", number);
    json.writeStringField("state", pullRequest.open() ? "open" : "closed");
    json.writeBooleanField("locked", false);
    json.writeStringField("title", pullRequest.title());
    Json.account(json, "user", pullRequest.author());
    Json.text(json, "body", pullRequest.body());
    Json.time(json, "created_at", pullRequest.createdAt());
    Json.time(json, "updated_at", pullRequest.updatedAt());
    Json.time(json, "closed_at", pullRequest.closedAt());
    Json.time(json, "merged_at", pullRequest.mergedAt());
    json.writeStringField("merge_commit_sha", pullRequest.headSha());
    json.writeNullField("assignee");
    emptyArrays(json, "assignees", "requested_reviewers", "requested_teams", "labels");
    json.writeNullField("milestone");
    json.writeBooleanField("draft", pullRequest.draft());
    json.writeStringField("comments_url", repository + "/issues/" + number + "/comments");
    head(json, pullRequest);
    base(json, pullRequest);
    json.writeStringField("author_association", "CONTRIBUTOR");
    json.writeNullField("auto_merge");
    json.writeNullField("active_lock_reason");
    Details details = pullRequest.details();
    if (details != null) {
      details(json, pullRequest.merged(), details);
    }
    json.writeEndObject();
  }

  private static void head(JsonGenerator json, PullRequest pullRequest) throws IOException {
    json.writeObjectFieldStart("head");
    json.writeStringField("label", "fork:" + pullRequest.headRef());
    Json.text(json, "ref", pullRequest.headRef());
    Json.text(json, "sha", pullRequest.headSha());
    // As for a fork that was deleted.
    json.writeNullField("user");
    json.writeNullField("repo");
    json.writeEndObject();
  }

  private void base(JsonGenerator json, PullRequest pullRequest) throws IOException {
    json.writeObjectFieldStart("base");
    json.writeStringField("label", pullRequest.repository().owner() + ":" + pullRequest.baseRef());
    json.writeStringField("ref", pullRequest.baseRef());
    Json.text(json, "sha", pullRequest.baseSha());
    json.writeObjectFieldStart("repo");
    Json.repository(json, pullRequest.repository(), api);
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void details(JsonGenerator json, boolean merged, Details details)
      throws IOException {
    json.writeBooleanField("merged", merged);
    json.writeNullField("mergeable");
    json.writeNullField("rebaseable");
    json.writeStringField("mergeable_state", "unknown");
    Json.account(json, "merged_by", details.mergedBy());
    json.writeNumberField("comments", Objects.requireNonNull(details.comments(), "comments"));
    json.writeNumberField(
        "review_comments", Objects.requireNonNull(details.reviewComments(), "reviewComments"));
    json.writeBooleanField("maintainer_can_modify", false);
    json.writeNumberField("commits", Objects.requireNonNull(details.commits(), "commits"));
    json.writeNumberField("additions", Objects.requireNonNull(details.additions(), "additions"));
    json.writeNumberField("deletions", Objects.requireNonNull(details.deletions(), "deletions"));
    json.writeNumberField(
        "changed_files", Objects.requireNonNull(details.changedFiles(), "changedFiles"));
  }

  private static void emptyArrays(JsonGenerator json, String... fields) throws IOException {
    for (String field : fields) {
      json.writeArrayFieldStart(field);
      json.writeEndArray();
    }
  }
}
