package dev.backfill.cli.option;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.core.config.BackfillSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of the database, for every command that opens one. */
public final class ConnectionOptions {

  @Option(
      names = "--jdbc-url",
      paramLabel = "URL",
      description =
          "The database: postgresql://... or a JDBC URL of PostgreSQL, H2, or SQLite with its driver"
              + " on the class path. Default: BACKFILL_JDBC_URL or SUPABASE_DB_URL, else the project"
              + " of SUPABASE_URL, else an H2 file in the directory backfill-data.")
  @Nullable String jdbcUrl;

  @Option(
      names = "--jdbc-user",
      paramLabel = "USER",
      description =
          "The database user, whose password is in BACKFILL_JDBC_PASSWORD. Default:"
              + " BACKFILL_JDBC_USER.")
  @Nullable String jdbcUser;

  /** Returns the settings of the environment; options replace those with the same meaning. */
  public BackfillSettings settings() {
    if (jdbcUrl != null && jdbcUrl.isBlank()) {
      throw new InvalidConfigurationException(
          "--jdbc-url is empty. Nothing was done. Give an address, or omit the option.");
    }
    return BackfillSettings.builder()
        .environment(System.getenv())
        .set(BackfillSettings.JDBC_URL, jdbcUrl)
        .set(BackfillSettings.JDBC_USER, jdbcUser)
        .build();
  }
}
