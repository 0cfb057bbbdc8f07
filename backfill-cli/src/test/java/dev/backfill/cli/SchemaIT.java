package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code backfill schema > file.sql} gives a file that a database takes as it is. */
class SchemaIT {

  @TempDir Path folder;

  @Test
  void itsOutputIsTheScriptAndNothingElse() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
        Connection toPostgres = postgres.getPostgresDatabase().getConnection();
        Connection toH2 = DriverManager.getConnection("jdbc:h2:mem:")) {
      takes(toPostgres, "schema");
      takes(toPostgres, "schema", "--dialect", "postgresql");
      takes(toPostgres, "schema", "--supabase");
      takes(toH2, "--verbose", "schema", "--dialect", "h2");
    }
    assertThat(folder).as("it opens no database").isEmptyDirectory();
  }

  private void takes(Connection connection, String... command) throws Exception {
    CliProcess process = CliProcess.in(folder).run(command);
    assertThat(process.exitCode()).as(process.toString()).isZero();
    assertThat(process.err()).isEmpty();
    try (Statement statement = connection.createStatement()) {
      statement.execute(process.out());
      assertThat(statement.executeQuery("SELECT * FROM backfill_progress_summary").getMetaData())
          .isNotNull();
    }
  }
}
