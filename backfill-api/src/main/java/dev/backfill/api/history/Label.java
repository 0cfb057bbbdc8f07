package dev.backfill.api.history;

import org.jspecify.annotations.Nullable;

/**
 * A label that a repository offers for its issues and pull requests. A label has no times: of two
 * copies, the one that was fetched later is the newer one.
 *
 * @param repository the repository
 * @param githubId GitHub's id; 64 bits
 * @param name the name, unique within the repository without regard to case; the item's key
 * @param color six hexadecimal digits without {@code #}
 * @param description the text, or null without one
 * @param isDefault true for a label that GitHub creates with each repository
 * @see <a href="https://docs.github.com/en/rest/issues/labels">GitHub: labels</a>
 */
public record Label(
    Repository repository,
    long githubId,
    String name,
    String color,
    @Nullable String description,
    boolean isDefault) {}
