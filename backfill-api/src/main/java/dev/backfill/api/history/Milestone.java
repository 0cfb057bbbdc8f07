package dev.backfill.api.history;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A milestone of a repository.
 *
 * @param repository the repository
 * @param githubId GitHub's id; 64 bits
 * @param number the number within the repository; positive; the item's key
 * @param title the title
 * @param description the text, or null without one
 * @param open true while it is open
 * @param creator the account that created it, or null if the account was deleted
 * @param openIssues the number of open issues and pull requests in it, or null if GitHub's count is
 *     impossible
 * @param closedIssues the number of closed issues and pull requests in it, or null if GitHub's
 *     count is impossible
 * @param createdAt time of creation
 * @param updatedAt time of the last change; the later of two copies is the newer one
 * @param closedAt time of closing, or null while open
 * @param dueOn the due date, or null without one
 * @param htmlUrl the address of its page
 * @see <a href="https://docs.github.com/en/rest/issues/milestones">GitHub: milestones</a>
 */
public record Milestone(
    Repository repository,
    long githubId,
    int number,
    String title,
    @Nullable String description,
    boolean open,
    @Nullable Account creator,
    @Nullable Integer openIssues,
    @Nullable Integer closedIssues,
    Instant createdAt,
    Instant updatedAt,
    @Nullable Instant closedAt,
    @Nullable Instant dueOn,
    String htmlUrl) {}
