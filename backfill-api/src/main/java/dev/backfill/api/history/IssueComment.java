package dev.backfill.api.history;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A comment in the conversation of an issue or a pull request. Both kinds share one sequence of
 * numbers.
 *
 * @param repository the repository
 * @param githubId GitHub's id; 64 bits
 * @param issueNumber number of the issue or pull request within the repository; positive
 * @param onPullRequest true if that number is a pull request's
 * @param author the account that wrote it, or null if the account was deleted
 * @param body the text; may be empty
 * @param createdAt time of writing
 * @param updatedAt time of the last change; the later of two copies is the newer one
 * @see <a href="https://docs.github.com/en/rest/issues/comments">GitHub: issue comments</a>
 */
public record IssueComment(
    Repository repository,
    long githubId,
    int issueNumber,
    boolean onPullRequest,
    @Nullable Account author,
    String body,
    Instant createdAt,
    Instant updatedAt) {}
