package dev.backfill.github;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.github.internal.auth.AppIdentity;
import dev.backfill.github.internal.auth.AppKey;
import org.jspecify.annotations.Nullable;

/**
 * A GitHub App that authenticates requests. Its quota is its own, grows with the organisation, and
 * does not depend on a user. Installation tokens are fetched on first use, renewed before they
 * expire, and kept in memory only.
 *
 * <p>Immutable and thread-safe. Never shows its key.
 *
 * @see <a
 *     href="https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation">GitHub:
 *     authenticating as an installation</a>
 */
public final class GitHubApp {

  private final AppIdentity identity;

  private GitHubApp(AppIdentity identity) {
    this.identity = identity;
  }

  /**
   * Creates an App. If the App is installed once, its installation is found automatically.
   *
   * @param id its client id, such as {@code Iv23liabcdef}, or its number; letters, digits, {@code
   *     .}, {@code _} and {@code -}, 1 to 100
   * @param privateKey the text of the {@code .pem} file that GitHub made for it, as PKCS#1 ({@code
   *     BEGIN RSA PRIVATE KEY}) or PKCS#8 ({@code BEGIN PRIVATE KEY}); line ends may be written as
   *     {@code \n}
   * @return the App
   * @throws InvalidConfigurationException if the id has another form or the key cannot be read; the
   *     message does not repeat the key
   * @see <a
   *     href="https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/managing-private-keys-for-github-apps">GitHub:
   *     private keys</a>
   */
  public static GitHubApp of(String id, String privateKey) {
    String stripped = id.strip();
    if (!stripped.matches("[A-Za-z0-9._-]{1,100}")) {
      throw new InvalidConfigurationException(
          "The id of the GitHub App has another form. Set it to the client id or the number on the App's"
              + " page on GitHub (GITHUB_APP_ID).");
    }
    return new GitHubApp(new AppIdentity(stripped, AppKey.parse(privateKey), null));
  }

  /**
   * Selects an installation; needed if the App is installed more than once.
   *
   * @param id the installation's number, positive: the last part of its settings page's address
   * @return a copy
   * @throws InvalidConfigurationException if the number is not positive
   * @see <a
   *     href="https://docs.github.com/en/rest/apps/apps#list-installations-for-the-authenticated-app">GitHub:
   *     list installations</a>
   */
  public GitHubApp withInstallation(long id) {
    if (id < 1) {
      throw new InvalidConfigurationException(
          "The installation of the GitHub App is "
              + id
              + "; it must be a positive number (GITHUB_APP_INSTALLATION_ID).");
    }
    return new GitHubApp(new AppIdentity(identity.id(), identity.key(), id));
  }

  /**
   * Returns the App's client id or number.
   *
   * @return as given
   */
  public String id() {
    return identity.id();
  }

  /**
   * Returns the selected installation.
   *
   * @return the installation's number, or null if it is to be found automatically
   */
  public @Nullable Long installation() {
    return identity.installation();
  }

  AppIdentity identity() {
    return identity;
  }

  /**
   * Returns the id and the installation; never the key.
   *
   * @return a text for logs
   */
  @Override
  public String toString() {
    Long installation = identity.installation();
    return "GitHubApp["
        + identity.id()
        + (installation == null ? "" : ", installation " + installation)
        + "]";
  }
}
