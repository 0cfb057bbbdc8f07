package dev.backfill.cli.run;

import dev.backfill.api.quota.SharedLimits;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.github.GitHub;
import dev.backfill.github.GitHubApp;
import org.jspecify.annotations.Nullable;

/** Factory of clients by the settings. */
final class GitHubAccess {

  private GitHubAccess() {}

  /**
   * Creates a client.
   *
   * @param limits the store of shared limits, or null to share none
   */
  static GitHub client(BackfillSettings settings, @Nullable SharedLimits limits) {
    return GitHub.builder()
        .apiUrl(settings.github().apiUrl().value())
        .tokens(
            settings.github().allTokens().stream().map(BackfillSettings.Secret::reveal).toList())
        .app(app(settings.github().app()))
        .caFile(settings.github().caFile().value())
        .sharedLimits(limits)
        .build();
  }

  private static @Nullable GitHubApp app(BackfillSettings.App app) {
    String id = app.id().value();
    BackfillSettings.Secret key = app.privateKey().value();
    if (id == null || key == null) {
      return null;
    }
    GitHubApp described = GitHubApp.of(id, key.reveal());
    Long installation = app.installation().value();
    return installation == null ? described : described.withInstallation(installation);
  }
}
