package dev.backfill.api.history;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A repository.
 *
 * @param id GitHub's id, which survives renames; 64 bits
 * @param fullName {@code owner/name} at the time of reading
 * @param isPrivate true if only some users may see it
 * @param htmlUrl address of its web page
 * @param createdAt time of creation, or null if unknown
 * @param updatedAt time of the last change, or null if unknown
 * @see <a href="https://docs.github.com/en/rest/repos/repos">GitHub: repositories</a>
 */
public record Repository(
    long id,
    String fullName,
    boolean isPrivate,
    String htmlUrl,
    @Nullable Instant createdAt,
    @Nullable Instant updatedAt) {

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if it is not {@code owner/name}
   */
  public Repository {
    int slash = fullName.indexOf('/');
    if (slash < 1 || slash == fullName.length() - 1 || fullName.indexOf('/', slash + 1) >= 0) {
      throw new IllegalArgumentException(
          "a repository's full name is \"" + fullName + "\"; it must be owner/name");
    }
  }

  /**
   * Returns the part before the slash.
   *
   * @return the owner's login
   */
  public String owner() {
    return fullName.substring(0, fullName.indexOf('/'));
  }

  /**
   * Returns the part after the slash.
   *
   * @return the name without its owner
   */
  public String name() {
    return fullName.substring(fullName.indexOf('/') + 1);
  }
}
