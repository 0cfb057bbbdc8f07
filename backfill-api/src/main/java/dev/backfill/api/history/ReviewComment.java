package dev.backfill.api.history;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A comment on a line of a pull request's change.
 *
 * @param repository the repository
 * @param githubId GitHub's id; 64 bits
 * @param pullRequestNumber number of the pull request within the repository; positive
 * @param reviewId id of the review that contains it, or null without one
 * @param inReplyToId id of the comment that it replies to, or null if it starts a thread
 * @param path path of the file, or null if GitHub sends none
 * @param author the account that wrote it, or null if the account was deleted
 * @param body the text; may be empty
 * @param createdAt time of writing
 * @param updatedAt time of the last change; the later of two copies is the newer one
 * @see <a href="https://docs.github.com/en/rest/pulls/comments">GitHub: review comments</a>
 */
public record ReviewComment(
    Repository repository,
    long githubId,
    int pullRequestNumber,
    @Nullable Long reviewId,
    @Nullable Long inReplyToId,
    @Nullable String path,
    @Nullable Account author,
    String body,
    Instant createdAt,
    Instant updatedAt) {}
