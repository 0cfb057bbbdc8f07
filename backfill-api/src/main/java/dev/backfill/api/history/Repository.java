package dev.backfill.api.history;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A repository.
 *
 * @param id GitHub's number for it, which survives renames; 64 bits
 * @param fullName {@code owner/name} at the time of reading
 * @param isPrivate whether only some may see it
 * @param htmlUrl its page
 * @param createdAt when it was created, or null when the source did not say
 * @param updatedAt when it last changed, or null when the source did not say
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
   * @throws IllegalArgumentException when it is not {@code owner/name}
   */
  public Repository {
    int slash = fullName.indexOf('/');
    if (slash < 1 || slash == fullName.length() - 1 || fullName.indexOf('/', slash + 1) >= 0) {
      throw new IllegalArgumentException(
          "a repository's full name is \"" + fullName + "\"; it must be owner/name");
    }
  }

  /**
   * The part before the slash.
   *
   * @return the owner's login
   */
  public String owner() {
    return fullName.substring(0, fullName.indexOf('/'));
  }

  /**
   * The part after the slash.
   *
   * @return the name without its owner
   */
  public String name() {
    return fullName.substring(fullName.indexOf('/') + 1);
  }
}
