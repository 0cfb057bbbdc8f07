package dev.backfill.cli.option;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.core.config.BackfillSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the database is, for every command. */
public final class ConnectionOptions {

  @Option(
      names = "--jdbc-url",
      paramLabel = "URL",
      description =
          "The database: postgresql://... or a JDBC URL of PostgreSQL, H2, or SQLite with its driver"
              + " on the class path. Else BACKFILL_JDBC_URL or SUPABASE_DB_URL, else an H2 file in"
              + " ./backfill-data.")
  @Nullable String jdbcUrl;

  @Option(
      names = "--jdbc-user",
      paramLabel = "USER",
      description = "The database's user. The password comes from BACKFILL_JDBC_PASSWORD.")
  @Nullable String jdbcUser;

  /** The environment's settings, with what the options say in their place. */
  public BackfillSettings settings() {
    if (jdbcUrl != null && jdbcUrl.isBlank()) {
      throw new InvalidConfigurationException(
          "--jdbc-url is empty, so nothing was done; give an address, or leave the option out.");
    }
    return BackfillSettings.builder()
        .environment(System.getenv())
        .set(BackfillSettings.JDBC_URL, jdbcUrl)
        .set(BackfillSettings.JDBC_USER, jdbcUser)
        .build();
  }
}
