package dev.backfill.github;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.util.regex.Pattern;

/**
 * The name of a repository, as people write it. Checked for its form only; whether there is such a
 * repository is GitHub's to say. Immutable.
 *
 * @param owner the login of the user or organisation: letters, digits, {@code -} and {@code _}, 1
 *     to 100
 * @param name the name without its owner: letters, digits, {@code -}, {@code _} and {@code .}, 1 to
 *     100, not {@code .} or {@code ..}, and not with {@code .git} at its end
 */
public record RepositoryName(String owner, String name) {

  // Logins of managed users end in _company; what GitHub allows may grow, so this is generous.
  private static final Pattern OWNER = Pattern.compile("[A-Za-z0-9_-]{1,100}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

  /**
   * Checks the form.
   *
   * @throws InvalidConfigurationException when a part is not in its form
   */
  public RepositoryName {
    boolean dots = name.equals(".") || name.equals("..");
    if (!OWNER.matcher(owner).matches() || !NAME.matcher(name).matches() || dots) {
      throw invalid(owner + "/" + name, "");
    }
    if (name.endsWith(".git")) {
      throw invalid(owner + "/" + name, "; leave out the .git, which no name ends with");
    }
  }

  /**
   * Reads a name.
   *
   * @param text {@code owner/name}
   * @return its parts
   * @throws InvalidConfigurationException when it is anything else; the message says what it should
   *     be
   */
  public static RepositoryName parse(String text) {
    if (text.contains("://") || text.startsWith("git@") || text.contains("github.com/")) {
      throw invalid(text, "; give the part of the address after the host alone");
    }
    String[] parts = text.split("/", -1);
    if (parts.length != 2) {
      throw invalid(text, "");
    }
    return new RepositoryName(parts[0], parts[1]);
  }

  private static InvalidConfigurationException invalid(String text, String hint) {
    // Somebody may have pasted an address with a password in it.
    String shown = text.contains("@") ? "(not shown, it may hold a password)" : "\"" + text + "\"";
    return new InvalidConfigurationException(
        "the repository is " + shown + "; it must be owner/name, such as apache/kafka" + hint);
  }

  /**
   * The name as people write it.
   *
   * @return {@code owner/name}
   */
  @Override
  public String toString() {
    return owner + "/" + name;
  }
}
