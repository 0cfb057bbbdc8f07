package dev.backfill.github;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.util.regex.Pattern;

/**
 * The name of a repository in its usual form. Only the form is checked; the repository need not
 * exist. Immutable.
 *
 * @param owner the login of the user or organisation: letters, digits, {@code -} and {@code _}, 1
 *     to 100
 * @param name the name without its owner: letters, digits, {@code -}, {@code _} and {@code .}, 1 to
 *     100, not {@code .} or {@code ..}, and not with {@code .git} at its end
 */
public record RepositoryName(String owner, String name) {

  // Logins of managed users end in _company. GitHub may allow more characters later, so this is
  // generous.
  private static final Pattern OWNER = Pattern.compile("[A-Za-z0-9_-]{1,100}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

  /**
   * Checks the form.
   *
   * @throws InvalidConfigurationException if a part is not in its form
   */
  public RepositoryName {
    boolean dots = name.equals(".") || name.equals("..");
    if (!OWNER.matcher(owner).matches() || !NAME.matcher(name).matches() || dots) {
      throw invalid(owner + "/" + name, "");
    }
    if (name.endsWith(".git")) {
      throw invalid(owner + "/" + name, " Leave out the .git, which no name ends with.");
    }
  }

  /**
   * Parses a name.
   *
   * @param text {@code owner/name}
   * @return its parts
   * @throws InvalidConfigurationException if the text has another form; the message describes the
   *     expected one
   */
  public static RepositoryName parse(String text) {
    if (text.contains("://") || text.startsWith("git@") || text.contains("github.com/")) {
      throw invalid(text, " Use only the part of the address after the host.");
    }
    String[] parts = text.split("/", -1);
    if (parts.length != 2) {
      throw invalid(text, "");
    }
    return new RepositoryName(parts[0], parts[1]);
  }

  private static InvalidConfigurationException invalid(String text, String hint) {
    // The user may have pasted an address that contains a password.
    String shown =
        text.contains("@") ? "(not shown, it may contain a password)" : "\"" + text + "\"";
    return new InvalidConfigurationException(
        "The repository is " + shown + "; it must be owner/name, such as apache/kafka." + hint);
  }

  /**
   * Returns the name in its usual form.
   *
   * @return {@code owner/name}
   */
  @Override
  public String toString() {
    return owner + "/" + name;
  }
}
