package dev.backfill.api.history;

import org.jspecify.annotations.Nullable;

/**
 * A comment in the conversation of an issue or a pull request, which share one row of numbers.
 *
 * @param repository where it is
 * @param githubId GitHub's number for it; 64 bits
 * @param issueNumber the issue or pull request within its repository
 * @param onPullRequest whether that number is a pull request
 * @param author who wrote it, or null when the account was deleted
 * @param body its text; may be empty
 * @param timestamps when it was written and last changed
 * @see <a href="https://docs.github.com/en/rest/issues/comments">GitHub: issue comments</a>
 */
public record IssueComment(
    Repository repository,
    long githubId,
    int issueNumber,
    boolean onPullRequest,
    @Nullable Account author,
    String body,
    Timestamps timestamps) {}
