package dev.backfill.api.history;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A review of a pull request. A review has no time of change. Of two copies, the newer one is that
 * whose pull request changed later.
 *
 * @param githubId GitHub's id; 64 bits
 * @param pullRequestNumber number of the pull request within its repository; positive
 * @param state {@code APPROVED}, {@code CHANGES_REQUESTED}, {@code COMMENTED}, {@code DISMISSED} or
 *     {@code PENDING}, in GitHub's words
 * @param author the account that wrote it, or null if the account was deleted
 * @param submittedAt time of submission, or null while it is pending
 * @param body the text, or null without one
 * @param commitId the reviewed commit, or null if GitHub no longer knows it
 * @see <a href="https://docs.github.com/en/rest/pulls/reviews">GitHub: pull request reviews</a>
 */
public record Review(
    long githubId,
    int pullRequestNumber,
    String state,
    @Nullable Account author,
    @Nullable Instant submittedAt,
    @Nullable String body,
    @Nullable String commitId) {}
