package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/** The real program with SQLite's driver beside it. */
class SqliteIT {

  @TempDir Path folder;
  private String url = "";

  @BeforeEach
  void name() {
    url = "jdbc:sqlite:" + folder.resolve("history.db");
  }

  @Test
  void storesTheWholeHistoryOnce() throws Exception {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 120);
    try (SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start()) {
      CliProcess.Builder cli = cli().env("GITHUB_API_URL", github.url()).env("GITHUB_TOKEN", "t");
      CliProcess first = cli.run("run", "sim/repo", "--transport", "rest", "--jdbc-url", url);
      assertThat(first.exitCode()).as(first.toString()).isZero();
      CliProcess second = cli.run("run", "sim/repo", "--transport", "rest", "--jdbc-url", url);
      assertThat(second.exitCode()).as(second.toString()).isZero();
      assertThat(second.out()).contains("120 of 120", "0 new");
      assertThat(HistoryRows.in(url, "")).isEqualTo(HistoryRows.of(repository));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status",
        "explain a/b",
        "history a/b",
        "pause a/b",
        "quarantine list",
        "export --csv"
      })
  void aLookMakesNoFileAndUnderstandsAnEmptyOne(String command) throws IOException {
    CliProcess before = look(command);
    assertThat(folder).isEmptyDirectory();
    assertThat(before.err()).doesNotContain("refused");

    Files.createFile(folder.resolve("history.db"));
    CliProcess empty = look(command);
    assertThat(empty.exitCode()).isEqualTo(before.exitCode());
    assertThat(empty.err()).isEqualTo(before.err());
  }

  private CliProcess look(String command) {
    try {
      return cli().run((command + " --jdbc-url " + url).split(" "));
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private CliProcess.Builder cli() throws URISyntaxException {
    return CliProcess.in(folder)
        .classPath(
            Path.of(
                SQLiteDataSource.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI()));
  }
}
