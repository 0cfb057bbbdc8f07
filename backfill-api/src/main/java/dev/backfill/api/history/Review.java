package dev.backfill.api.history;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A review of a pull request. It has no time of change of its own: its pull request's tells which
 * copy is newer.
 *
 * @param githubId GitHub's number for it; 64 bits
 * @param pullRequestNumber the pull request within its repository
 * @param state {@code APPROVED}, {@code CHANGES_REQUESTED}, {@code COMMENTED}, {@code DISMISSED} or
 *     {@code PENDING}, as GitHub says
 * @param author who wrote it, or null when the account was deleted
 * @param submittedAt when it was submitted, or null while it is pending
 * @param body its text, or null when it has none
 * @param commitId the commit that was reviewed, or null when GitHub no longer knows it
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
